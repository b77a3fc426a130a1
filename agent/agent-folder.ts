import { join } from "node:path";
import { PlainError } from "./plain-error";

/** Where the agent keeps everything it owns. One folder, so that uninstalling is removing it. */
export type AgentFolder = {
  folder: string;
  /** Server address, API key, pinned keys; 0600. */
  config: string;
  /** What this machine allows; edited by its administrator, never by the server. */
  policy: string;
  sshKey: string;
  /** X25519: what is typed in the console for this machine is sealed to it. */
  sealingKey: string;
  /** The server's SSH host keys under the fixed name `HOST_KEY_NAME`. */
  knownHosts: string;
  state: string;
  /** What the running agent is doing; read by `bbs-agent status`. */
  status: string;
  /** When the server answered last. */
  silence: string;
  /** One file per job that is being worked on: lets the next start find what a killed agent left behind. */
  running: string;
  /** One file per finished job that the server has not acknowledged. */
  results: string;
  /** One file per backup that has something to put back in order: scripts, containers, snapshots. */
  aftermath: string;
  /** The release keys that this machine trusts, and the version below which it never goes; 0600. */
  release: string;
  /** The update whose new version is about to run, or runs and is not confirmed. */
  update: string;
  /** Why a new version did not stay: the launcher's word to the agent that runs again. */
  fallenBack: string;
  /** Copies of the agent's own files while a new version is unconfirmed. */
  keptFiles: string;
  /** Where snapshots of logical volumes are mounted while a backup reads them. */
  snapshots: string;
  /** One line per archive this agent made itself: only those may go back to their original places. */
  archivesMade: string;
  /** How far each restore is, and the list of what it wrote. */
  restores: string;
  /** An empty folder at which a restore is shown its target. */
  view: string;
  /** BORG_BASE_DIR: borg's cache and its memory of repositories. */
  borgBase: string;
};

export const DEFAULT_FOLDER = "/etc/bbs-agent";

/** Lays out the folder's paths. Refuses a name that ssh would misread (blanks, quotes, `%`): borg splits BORG_RSH like a shell. */
export function agentFolder(folder: string): AgentFolder {
  if (!/^\/[A-Za-z0-9_./@+-]*$/.test(folder)) {
    throw new PlainError(
      `The folder ${folder} cannot be used: it must be an absolute path of letters, digits and . _ @ + - only, because ssh would misread others.`,
    );
  }
  const state = join(folder, "state");
  return {
    folder,
    config: join(folder, "config.json"),
    policy: join(folder, "policy.json"),
    sshKey: join(folder, "id_ed25519"),
    sealingKey: join(folder, "sealing_key.pem"),
    knownHosts: join(folder, "known_hosts"),
    state,
    status: join(state, "status.json"),
    silence: join(state, "silence.json"),
    running: join(state, "running"),
    results: join(state, "results"),
    aftermath: join(state, "aftermath"),
    release: join(folder, "release.json"),
    update: join(state, "update.json"),
    fallenBack: join(state, "fallen-back.json"),
    keptFiles: join(state, "before-update"),
    snapshots: join(state, "snapshots"),
    archivesMade: join(state, "archives.ndjson"),
    restores: join(state, "restores"),
    view: join(state, "view"),
    borgBase: join(folder, "borg"),
  };
}
