import { execFile } from "node:child_process";
import { access, constants, realpath, stat } from "node:fs/promises";
import { type BorgVersion, isBorgUsable, parseBorgVersion } from "~/borg/version";
import { AgentProblem } from "./agent-problem";
import type { LocalPolicy } from "./policy";

/** The borg of this machine. */
export type BorgProgram = { path: string; version: BorgVersion };

/** Where a borg is looked for, first to last. Fixed: a service's PATH differs from the one of the person who tests. */
const USUAL_PLACES = [
  "/usr/local/bin/borg",
  "/usr/bin/borg",
  "/opt/homebrew/bin/borg",
  "/opt/local/bin/borg",
  "/bin/borg",
];

const BORG_ENVIRONMENT = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LANG: "C.UTF-8",
  // Only because the type of process.env in this tree asks for it.
  NODE_ENV: "production",
} as const;

/** By the file as it was when it was asked. */
const versions = new Map<string, BorgVersion | null>();

/** What was learned of borgs, for the next version of the agent: asking takes a good part of the second in which it has to be back. */
export function knownBorgs(): [string, BorgVersion][] {
  return [...versions].flatMap(([key, version]) => (version === null ? [] : [[key, version]]));
}

export function recallBorgs(known: readonly [string, BorgVersion][]): void {
  for (const [key, version] of known) versions.set(key, version);
}

/** Finds borg; null when there is none that answers. Asks `borg --version` again only when the file changed. */
export async function findBorg(policy: LocalPolicy): Promise<BorgProgram | null> {
  for (const path of policy.borg ? [policy.borg] : USUAL_PLACES) {
    const version = await versionOf(path);
    if (version !== null) return { path, version };
  }
  return null;
}

/** The borg to work with, or the problem that the console shows with the way out. */
export async function usableBorg(policy: LocalPolicy): Promise<BorgProgram> {
  const borg = await findBorg(policy);
  if (borg === null) {
    throw new AgentProblem("borg-missing", `No borg was found on this machine. ${INSTALL_HINT}`);
  }
  if (!isBorgUsable(borg.version)) {
    throw new AgentProblem(
      "borg-too-old",
      `This machine has borg ${borg.version.text}; 1.2 or later, below 2, is needed. ${INSTALL_HINT}`,
    );
  }
  return borg;
}

export const INSTALL_HINT =
  "Install it, then run the job again: Debian and Ubuntu `apt-get install borgbackup`, Fedora `dnf install borgbackup`, Alpine `apk add borgbackup`, macOS `brew install borgbackup`.";

async function versionOf(path: string): Promise<BorgVersion | null> {
  try {
    await access(path, constants.X_OK);
    const found = await stat(await realpath(path));
    if (!found.isFile()) return null;
    const key = `${path} ${found.ino} ${found.size} ${found.mtimeMs}`;
    const known = versions.get(key);
    if (known !== undefined) return known;
    const version = await askVersion(path);
    versions.set(key, version);
    return version;
  } catch {
    // Not there or not executable: the next place is tried.
    return null;
  }
}

function askVersion(path: string): Promise<BorgVersion | null> {
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: 20_000, env: BORG_ENVIRONMENT }, (error, stdout) => {
      resolve(error ? null : parseBorgVersion(stdout));
    });
  });
}
