import { chown, mkdir } from "node:fs/promises";
import { type BorgProblem, type BorgProblemCode, problemOf } from "~/borg/messages";
import { type BorgCommand, type BorgEnd, BorgNotStarted, runBorg } from "~/borg/run";
import { endBehindXargs, throughXargs } from "./borg-with-paths";
import type { KeeperRefusal } from "./contract";
import type { Keeper } from "./keeper";
import { lendKeyFile, readKeyFile } from "./key-file";
import { KeeperRefuses } from "./refusal";
import { settleOwnership } from "./repository-ownership";

/** What borg's problems are to the keeper's caller. Quota is the client's business and cannot happen on our side except at init. */
const REFUSAL_OF: Readonly<Record<BorgProblemCode, KeeperRefusal>> = {
  "repository-missing": "repository-missing",
  "repository-exists": "repository-exists",
  "repository-locked": "repository-locked",
  "repository-damaged": "repository-damaged",
  "repository-older-than-known": "fault",
  "repository-moved": "fault",
  "access-refused": "fault",
  "passphrase-wrong": "passphrase-wrong",
  "archive-missing": "archive-missing",
  "archive-exists": "fault",
  "quota-exceeded": "disk-full",
  "disk-full": "disk-full",
  "connection-lost": "fault",
  "host-key-wrong": "fault",
  "bad-arguments": "fault",
  cancelled: "cancelled",
  "timed-out": "timed-out",
  failed: "fault",
};

/** borg's own words for it are a traceback's. */
export const DISK_IS_FULL = "The storage server's disk is full. Free space there first.";

/** borg ended without success. `problem` says more than the refusal's code. */
export class ServerBorgFailed extends KeeperRefuses {
  readonly problem: BorgProblem;
  /** Everything borg logged, with tracebacks. */
  readonly logged: string;

  constructor(problem: BorgProblem, end: BorgEnd) {
    super(end.killedBy ? "borg-killed" : REFUSAL_OF[problem.code], sayFailed(problem, end));
    this.problem = problem;
    this.logged = end.log.map((line) => ("message" in line ? line.message : "")).join("\n");
  }
}

function sayFailed({ code, say }: BorgProblem, { killedBy }: BorgEnd): string {
  if (killedBy)
    return `borg was ended on the storage server by ${killedBy}, as the system does where memory runs out. Look into the system's log there, then try again.`;
  return code === "disk-full" ? DISK_IS_FULL : say;
}

export type ServerBorg = {
  clientId: string;
  repositoryId: string;
  args: readonly string[];
  passphrase: string;
  limitSeconds: number;
  signal: AbortSignal;
  /** Where borg keeps what it knows of this repository; default: the repository's own. */
  base?: string;
  /** The text of borg's key file, or null for none; default: the one that the vault holds for this repository, if any. */
  key?: string | null;
  /** It is `check --repair`, whose question is answered with yes. */
  repair?: true;
  /** Paths of an archive behind the arguments, as `pathsForXargs` writes them. */
  paths?: Buffer;
} & Pick<BorgCommand, "onStdout" | "onStdoutStream" | "onLog">;

/**
 * Runs borg on our side as `bbv-<id>`: never root, never the client's account, which could trace it and fake its output. A base folder
 * per repository holds borg's cache and what it remembers of the repository. Throws KeeperRefuses for every end that is not success.
 */
export async function runServerBorg(keeper: Keeper, run: ServerBorg): Promise<BorgEnd> {
  const borg = await keeper.findBorg();
  if (borg === null)
    throw new KeeperRefuses(
      "borg-missing",
      "borg is not installed on the storage server. Install borgbackup.",
    );
  const { vault } = keeper.clients.accountsOf(run.clientId);
  const base = keeper.paths.borgBase(run.base ?? run.repositoryId);
  await mkdir(base, { recursive: true, mode: 0o700 });
  if (keeper.root) await chown(base, vault.uid, vault.gid);
  const key = run.key === undefined ? await readKeyFile(keeper.paths, run.repositoryId) : run.key;
  const keyFile = key === null ? null : await lendKeyFile(base, key, keeper.root ? vault : null);
  const [verb = "", ...rest] = run.args;
  const whole = [borg, verb, "--log-json", "--umask=0027", ...rest] as const;
  const [command, ...args] = run.paths ? throughXargs(whole) : whole;
  const ended = await start({
    command,
    args,
    ...(run.paths ? { stdin: run.paths } : {}),
    env: {
      BORG_BASE_DIR: base,
      HOME: base,
      ...(keyFile === null ? {} : { BORG_KEY_FILE: keyFile }),
      ...(run.repair ? { BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "YES" } : {}),
      // The data folder may be moved as a whole; the paths are ours, so an attacker cannot swap one in.
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
    },
    ...(keeper.root ? { account: { uid: vault.uid, gid: vault.gid } } : {}),
    passphrase: run.passphrase,
    limitSeconds: run.limitSeconds,
    signal: run.signal,
    ...(run.onStdout ? { onStdout: run.onStdout } : {}),
    ...(run.onLog ? { onLog: run.onLog } : {}),
    ...(run.onStdoutStream ? { onStdoutStream: run.onStdoutStream } : {}),
  });
  const end = run.paths ? endBehindXargs(ended) : ended;
  const problem = problemOf(end);
  if (problem) throw new ServerBorgFailed(problem, end);
  if (end.stopped === "output-too-long") throw new KeeperRefuses("fault", "borg's answer was too long.");
  return end;
}

/**
 * A read of the last committed state: does not wait for a running backup (docs/decisions/0004). borg may bring its index up to
 * date while it reads, so the owners are put right afterwards.
 */
export async function readWithBorg(keeper: Keeper, run: ServerBorg): Promise<BorgEnd> {
  const { path } = keeper.repositories.get(run.clientId, run.repositoryId);
  const [verb = "", ...rest] = run.args;
  try {
    return await runServerBorg(keeper, { ...run, args: [verb, "--bypass-lock", ...rest] });
  } finally {
    if (keeper.root) await settleOwnership(path, keeper.clients.accountsOf(run.clientId));
  }
}

async function start(command: BorgCommand): Promise<BorgEnd> {
  try {
    return await runBorg(command);
  } catch (error) {
    if (error instanceof BorgNotStarted)
      throw new KeeperRefuses("borg-missing", "borg could not be started on the storage server.", error);
    throw error;
  }
}
