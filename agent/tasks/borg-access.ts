import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BorgLogLine } from "~/borg/log-json";
import { type BorgProblem, type BorgProblemCode, problemOf } from "~/borg/messages";
import { type BorgCommand, type BorgEnd, BorgNotStarted, runBorg } from "~/borg/run";
import type { RepositoryAccess } from "~/protocol/v1";
import { AgentProblem, type ProblemCode } from "../agent-problem";
import { borgRsh, checkHostKeys, repositoryUrl } from "../ssh-command";
import type { TaskContext } from "./task";

/** How borg reaches one repository: its URL and what the environment and the passphrase descriptor carry. */
export type BorgAccess = { url: string; env: Record<string, string>; passphrase: string };

/**
 * Prepares borg's access. The host key stays the pinned one and the base folder is ours, so that no setting of a person on this
 * machine and none of the server changes whom borg talks to.
 *
 * RELOCATED is answered beforehand: the server may move to another name; its SSH key and the repository's own key still have to
 * fit. UNKNOWN_UNENCRYPTED only where the order says that the repository was made so: an unencrypted one in the place of an encrypted
 * one is refused. The server gains nothing by saying it: it has the passphrase of every encrypted one.
 */
export async function openAccess(
  context: TaskContext,
  repository: RepositoryAccess,
  purpose: "write" | "read",
): Promise<BorgAccess> {
  await checkHostKeys(context.folder, repository.ssh.hostKeys);
  await mkdir(context.folder.borgBase, { recursive: true, mode: 0o700 });
  const keyFile = repository.key === undefined ? null : await writeKeyFile(context, repository.key);
  return {
    url: repositoryUrl(repository.ssh, repository.path),
    env: {
      BORG_RSH: borgRsh(context.folder),
      BORG_BASE_DIR: context.folder.borgBase,
      // A running create holds the lock of its cache, and extract asks for it if the cache is there (1.2.4, --bypass-lock or
      // not). An own, empty one lets a restore run beside a backup; the memory against replays stays the common one.
      ...(purpose === "read" ? { BORG_CACHE_DIR: join(context.folder.borgBase, "cache-for-restores") } : {}),
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
      ...(keyFile === null ? {} : { BORG_KEY_FILE: keyFile }),
      ...(repository.unencrypted ? { BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes" } : {}),
      // There is no C.UTF-8 on macOS; borg needs some UTF-8 locale for file names.
      ...(process.platform === "darwin" ? { LANG: "en_US.UTF-8" } : {}),
    },
    passphrase: repository.passphrase,
  };
}

/** A file for each key, named after it: a restore may need one while a backup reads another. It is encrypted with the passphrase. */
async function writeKeyFile({ folder }: TaskContext, key: string): Promise<string> {
  const path = join(folder.borgBase, `key-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`);
  await writeFile(path, key, { mode: 0o600 });
  return path;
}

/** Runs borg for a task; a borg that cannot be started is a problem of the job. */
export async function runForTask(
  context: TaskContext,
  run: Pick<
    BorgCommand,
    | "command"
    | "args"
    | "env"
    | "cwd"
    | "passphrase"
    | "stdin"
    | "onStdin"
    | "onStdoutStream"
    | "onLog"
    | "whenBehind"
    | "signal"
  >,
): Promise<BorgEnd> {
  try {
    return await runBorg({ ...run, limitSeconds: null, onStart: context.started });
  } catch (error) {
    if (!(error instanceof BorgNotStarted)) throw error;
    throw new AgentProblem("borg-missing", error.message, { cause: error });
  }
}

/** borg's problem in the words of the protocol, or null when borg did what was asked. */
export function agentProblemOf(end: BorgEnd): AgentProblem | null {
  const problem = problemOf(end);
  return problem === null ? null : new AgentProblem(CODES[problem.code], sayFor(problem));
}

const CODES: Record<BorgProblemCode, ProblemCode> = {
  "repository-missing": "repository-missing",
  "repository-exists": "borg-failed",
  "repository-locked": "repository-locked",
  "repository-damaged": "borg-failed",
  "repository-older-than-known": "replay-suspected",
  "repository-moved": "borg-failed",
  "access-refused": "gate-refused",
  "passphrase-wrong": "passphrase-wrong",
  "archive-missing": "archive-missing",
  "archive-exists": "archive-exists",
  "quota-exceeded": "repository-full",
  "disk-full": "disk-full",
  "connection-lost": "connection-lost",
  "host-key-wrong": "host-key-changed",
  "bad-arguments": "borg-failed",
  cancelled: "cancelled",
  "timed-out": "borg-failed",
  failed: "borg-failed",
};

const ADVICE: Partial<Record<BorgProblemCode, string>> = {
  "repository-missing":
    "The repository was not found on the storage machine. Look at its page in the console.",
  "repository-locked":
    "Another borg held the repository for longer than a minute. Run the job again when it has finished.",
  "repository-damaged":
    "borg found damage in the repository. Do not repair it by hand; look at it in the console.",
  "repository-older-than-known":
    "The repository is older than the one this machine saw last: it was rolled back or replaced. Nothing was written.",
  "repository-moved": "borg does not recognise the repository as the one it knew, and did not touch it.",
  "access-refused":
    "The storage machine refused this machine's key or this repository. Look at the client's page in the console.",
  "passphrase-wrong": "The passphrase does not open the repository.",
  "archive-missing": "The archive is not in the repository any more.",
  "archive-exists": "An archive of this name is already there. Run the job again; it gets a new name.",
  "quota-exceeded":
    "The repository's quota is used up. What was stored before is untouched. Raise the quota or remove archives.",
  "disk-full":
    "A disk is full: the storage machine's, or on this machine the one with the agent's folder or the restore.",
  "connection-lost":
    "The SSH connection to the storage machine failed. Check that its SSH port is reachable from this machine (bbs-agent doctor).",
  "host-key-wrong":
    "The storage machine showed another SSH host key than the pinned one, so nothing was sent. If it was set up anew, enrol this machine again.",
};

function sayFor(problem: BorgProblem): string {
  const advice = ADVICE[problem.code];
  return advice ? `${advice} borg said: ${problem.say}` : problem.say;
}

/** The level at which a line of borg is shown; null for lines that only report progress. */
export function levelOf(line: BorgLogLine): "debug" | "info" | "warning" | "error" | null {
  if (line.type === "text") return "info";
  if (line.type !== "log_message") return null;
  if (line.levelname === "ERROR" || line.levelname === "CRITICAL") return "error";
  if (line.levelname === "WARNING") return "warning";
  return line.levelname === "DEBUG" ? "debug" : "info";
}
