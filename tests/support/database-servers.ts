import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port";
import { until } from "./until";

/** A database server of Debian's, private to one test: own folder, own socket, a port on loopback, as its usual account. */
export interface DatabaseServer {
  /** Folder of the socket (PostgreSQL), or the socket (MariaDB). */
  socket: string;
  port: number;
  /** Runs SQL as the owner and answers with what the client printed. */
  sql(database: string, text: string): string;
  stop(): Promise<void>;
}

/** Odd on purpose: what a password may be, and what a shell, a password file and an option file would trip over. */
export const PASSWORD = "p:a\\s's \"w#o=rd";

/** Role `owner` is superuser, with `PASSWORD`. */
export async function startPostgresql(folder: string): Promise<DatabaseServer> {
  const [version = ""] = readdirSync("/usr/lib/postgresql").sort().reverse();
  const programs = join("/usr/lib/postgresql", version, "bin");
  const account = accountOf("postgres");
  const home = makeHome(folder, "postgresql", account);
  const data = join(home, "data");
  const secret = join(home, "secret");
  writeFileSync(secret, PASSWORD, { mode: 0o600 });
  chownSync(secret, account.uid, account.gid);
  const init = [
    "-D",
    data,
    "-U",
    "owner",
    "-A",
    "scram-sha-256",
    `--pwfile=${secret}`,
    "-N",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
  ];
  execFileSync(join(programs, "initdb"), init, { ...account, stdio: "ignore", cwd: "/" });
  const port = await freePort();
  const words = [
    "-D",
    data,
    "-k",
    home,
    "-p",
    String(port),
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "fsync=off",
  ];
  const server = start(join(programs, "postgres"), words, account, home);
  const env = {
    ...process.env,
    PGHOST: home,
    PGPORT: String(port),
    PGUSER: "owner",
    PGPASSWORD: PASSWORD,
  };
  const sql = (database: string, text: string) =>
    execFileSync(
      "psql",
      ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", `dbname='${database.replaceAll("'", "\\'")}'`],
      {
        env,
        input: text,
        encoding: "utf8",
        stdio: "pipe",
      },
    ).trim();
  await until("PostgreSQL answers", () => answers(() => sql("postgres", "select 1")));
  return { socket: home, port, sql, stop: () => end(server, "SIGQUIT") };
}

/** Account `owner` may do everything, with `PASSWORD`. */
export async function startMariadb(folder: string): Promise<DatabaseServer> {
  const account = accountOf("mysql");
  const home = makeHome(folder, "mariadb", account);
  const data = join(home, "data");
  const socket = join(home, "socket");
  const port = await freePort();
  execFileSync(
    "mariadb-install-db",
    [
      "--no-defaults",
      `--datadir=${data}`,
      "--user=mysql",
      "--skip-test-db",
      "--auth-root-authentication-method=normal",
    ],
    { stdio: "ignore", cwd: "/" },
  );
  const words = [
    "--no-defaults",
    ...[`--datadir=${data}`, `--socket=${socket}`, `--port=${port}`, "--bind-address=127.0.0.1"],
    ...[
      `--pid-file=${join(home, "pid")}`,
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-buffer-pool-size=32M",
    ],
  ];
  const server = start("/usr/sbin/mariadbd", words, account, home);
  const sql = (database: string, text: string) =>
    execFileSync(
      "mariadb",
      [
        "--no-defaults",
        `--socket=${socket}`,
        "-u",
        "root",
        "-N",
        "-B",
        ...(database ? ["--", database] : []),
      ],
      {
        input: text,
        encoding: "utf8",
        stdio: "pipe",
      },
    ).trim();
  await until("MariaDB answers", () => answers(() => sql("", "select 1")));
  const quoted = PASSWORD.replace(/[\\']/g, "\\$&");
  sql(
    "",
    `create user owner@'%' identified by '${quoted}'; grant all on *.* to owner@'%' with grant option;`,
  );
  return { socket, port, sql, stop: () => end(server, "SIGTERM") };
}

type Account = { uid: number; gid: number };

function accountOf(name: string): Account {
  const ask = (what: string) => Number(execFileSync("id", [what, name], { encoding: "utf8" }));
  return { uid: ask("-u"), gid: ask("-g") };
}

function makeHome(folder: string, name: string, account: Account): string {
  const home = join(folder, name);
  mkdirSync(home, { mode: 0o755 });
  chownSync(home, account.uid, account.gid);
  return home;
}

function start(program: string, words: string[], account: Account, home: string): ChildProcess {
  const log = openSync(join(home, "log"), "a");
  return spawn(program, words, { ...account, cwd: "/", stdio: ["ignore", log, log] });
}

function answers(ask: () => string): boolean {
  try {
    return ask() === "1";
  } catch {
    return false;
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill(signal);
  await ended;
}
