import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { type Account, isRoot } from "./accounts";
import type { PostgresBinaries } from "./postgres-binaries";
import { endLeftoverPostgres } from "./postgres-leftovers";
import { StartRefusal } from "./refuse-start";

/** The line of PostgreSQL whose data folder format we write. */
const POSTGRES_LINE = "18";

/** Roles of the cluster: `bbs_admin` makes roles and databases at start, `bbs_owner` migrates, `bbs_app` is what programs use. */
export const ADMIN_ROLE = "bbs_admin";
export const OWNER_ROLE = "bbs_owner";
export const APP_ROLE = "bbs_app";

export interface PostgresOptions {
  binaries: PostgresBinaries;
  /** The cluster; made on first start. */
  dataDir: string;
  /** Where the Unix socket is made; mode 0750. Its path must stay below 90 characters (a socket's limit is 107). */
  socketDir: string;
  /** As root: the account that runs it, never root itself. Null: the account of this process. */
  account: Account | null;
  /** Operating system accounts that may become `bbs_app`, besides the one that starts it. */
  appAccounts: string[];
  /** Where it writes its log; appended. */
  logFile: string;
  /** Extra settings, for tests. */
  settings?: Record<string, string>;
}

export interface RunningPostgres {
  child: ChildProcess;
  /** URL for a role and database, in the form that `openPool` reads. */
  urlFor(role: string, database: string): string;
  /** Ends it: sessions are cut, data is flushed. After `limitMs` it is killed; the next start recovers then. */
  stop(limitMs?: number): Promise<void>;
}

/**
 * Starts PostgreSQL as a direct child (so that a kill is seen at once, and no stale pid stays behind a lazy init) and answers when it
 * takes connections. It listens on the Unix socket only; who may connect as which role is decided by the operating system account of
 * the other end (peer), so there is no password to steal and no role for the accounts of clients. A cluster that is still run by a
 * PostgreSQL of a killed supervisor is stopped first. Refuses a cluster of another PostgreSQL line.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  await ensureCluster(options);
  await endLeftoverPostgres(options.dataDir, options.socketDir);
  await writeAccessRules(options);
  await prepareSocketDirectory(options);

  const log = await open(options.logFile, "a", 0o640);
  const child = spawn(options.binaries.postgres, ["-D", options.dataDir, ...serverSettings(options)], {
    ...identity(options.account),
    cwd: "/",
    env: { NODE_ENV: "production", LANG: "C.UTF-8", TZ: "UTC" },
    stdio: ["ignore", log.fd, log.fd],
    // Its own group: a Ctrl-C at the terminal reaches the supervisor only, which ends its children in order.
    detached: true,
  });
  await log.close();
  await untilReady(child, options);

  return {
    child,
    urlFor: (role, database) =>
      `postgres://${role}@/${database}?host=${encodeURIComponent(options.socketDir)}`,
    stop: (limitMs = 10_000) => stop(child, limitMs),
  };
}

/** Makes the cluster when there is none. initdb works in a folder beside it, so a killed first start leaves nothing half made. */
export async function ensureCluster({ binaries, dataDir, account }: PostgresOptions): Promise<void> {
  if (existsSync(dataDir)) {
    const line = (await readFile(join(dataDir, "PG_VERSION"), "utf8")).trim();
    if (line === POSTGRES_LINE) return;
    throw new StartRefusal(
      `The database in ${dataDir} was made by PostgreSQL ${line}, this program brings ${POSTGRES_LINE}. Start the version of Borg Backup Server that made it.`,
    );
  }
  const unfinished = `${dataDir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  if (account) await chown(unfinished, account.uid, account.gid);
  const words = [`--pgdata=${unfinished}`, `--username=${ADMIN_ROLE}`, "--encoding=UTF8", "--locale=C.UTF-8"];
  await promisify(execFile)(
    binaries.initdb,
    [...words, "--auth-local=peer", "--auth-host=reject", "--no-instructions"],
    {
      ...identity(account),
      cwd: "/",
      env: { NODE_ENV: "production", LANG: "C.UTF-8", PATH: "/usr/bin:/bin" },
    },
  );
  await rename(unfinished, dataDir);
}

/** Written at every start, so that a change of the accounts is never left in an old cluster. */
async function writeAccessRules({ dataDir, account, appAccounts }: PostgresOptions): Promise<void> {
  const starter = isRoot ? "root" : await ownName();
  const map = [
    ...[ADMIN_ROLE, OWNER_ROLE, APP_ROLE].map((role) => `bbs ${starter} ${role}`),
    ...appAccounts.map((name) => `bbs ${name} ${APP_ROLE}`),
  ];
  await write(
    "pg_hba.conf",
    "# Written at every start. Unix socket and matching account only.\nlocal all all peer map=bbs\n",
  );
  await write("pg_ident.conf", `# Written at every start. map account role\n${map.join("\n")}\n`);

  async function write(name: string, text: string): Promise<void> {
    const path = join(dataDir, name);
    await rm(path, { force: true });
    await writeFile(path, text, { mode: 0o600 });
    if (account) await chown(path, account.uid, account.gid);
  }
}

async function prepareSocketDirectory({ socketDir, account }: PostgresOptions): Promise<void> {
  if (socketDir.length > 90) {
    throw new StartRefusal(
      `The path ${socketDir} is too long for a Unix socket. Set BBS_DATA to a shorter path.`,
    );
  }
  await mkdir(socketDir, { recursive: true, mode: 0o750 });
  if (account) await chown(socketDir, account.uid, account.gid);
  await chmod(socketDir, 0o750);
}

function serverSettings({ socketDir, settings }: PostgresOptions): string[] {
  const all: Record<string, string> = {
    listen_addresses: "",
    unix_socket_directories: socketDir,
    // The directory decides who reaches it, pg_hba.conf who may come in.
    unix_socket_permissions: "0777",
    max_connections: "100",
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "warning",
    logging_collector: "off",
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** As pg_ctl does it: line 8 of postmaster.pid says "ready" when connections are taken. */
async function untilReady(child: ChildProcess, { dataDir, logFile }: PostgresOptions): Promise<void> {
  const deadline = Date.now() + 120_000;
  let failed: Error | undefined;
  child.once("error", (cause) => {
    failed = cause;
  });
  while (Date.now() < deadline) {
    if (failed) throw failed;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`PostgreSQL did not start: ${await lastLine(logFile)} (log: ${logFile})`);
    }
    const lines = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
    const [pid, , , , , , , state] = lines.split("\n");
    if (Number(pid) === child.pid && state?.trim() === "ready") return;
    await wait(15);
  }
  child.kill("SIGKILL");
  throw new Error(`PostgreSQL took no connections within two minutes (log: ${logFile}).`);
}

async function stop(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // SIGINT is "fast": roll back what is open, write a checkpoint, leave.
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGQUIT"), limitMs);
  const lastTimer = setTimeout(() => child.kill("SIGKILL"), limitMs + 3_000);
  await gone;
  clearTimeout(timer);
  clearTimeout(lastTimer);
}

/** The newest line of a log, for a message to a person; empty when there is none. */
export async function lastLine(logFile: string): Promise<string> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }));
  if (size === 0) return "no message";
  const text = await readFile(logFile, "utf8");
  return text.trimEnd().split("\n").at(-1) ?? "no message";
}

const identity = (account: Account | null) => (account ? { uid: account.uid, gid: account.gid } : {});

async function ownName(): Promise<string> {
  return (await promisify(execFile)("id", ["-un"])).stdout.trim();
}
