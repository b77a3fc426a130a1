import type { DatabaseOrder } from "~/protocol/backup-extras";
import type { AgentFolder } from "../agent-folder";
import { askProgram, troubleOf } from "../run-program";
import type { Connection } from "./connection";
import { type Dump, DumpTrouble } from "./dump";
import { dumpName } from "./dump-name";
import { findProgram } from "./find-program";
import { SECRET_PATH, withSecret } from "./secret-file";

const PACKAGE = "mariadb-client";
/** The server's own views of itself, and its accounts, which MariaDB dumps as statements. */
const NOT_DATA = ["information_schema", "performance_schema", "sys", "mysql"];
const LIST = `select schema_name from information_schema.schemata where schema_name not in (${NOT_DATA.map((name) => `'${name}'`).join(",")}) order by schema_name`;

/**
 * The dumps of one MySQL or MariaDB server: one per database, and the accounts where the dump program knows how (MariaDB). One transaction per
 * database: InnoDB tables are of one moment and nobody is held up; tables of other engines (MyISAM) may change while they are read.
 */
export async function mysqlDumps(
  order: DatabaseOrder,
  connection: Connection,
  folder: AgentFolder,
): Promise<Dump[]> {
  const command = await findProgram(["mariadb-dump", "mysqldump"], connection.programs, PACKAGE);
  const base = reach(connection);
  const how = [
    ...base.first,
    "--single-transaction",
    "--quick",
    "--default-character-set=utf8mb4",
    "--skip-dump-date",
  ];
  const isMaria = await isMariadb(command);
  const databases = order.databases.length > 0 ? order.databases : await listMysql(connection, folder);
  const dumps = databases.map(
    (database): Dump => ({
      ...base,
      database,
      path: `databases/${order.name}/${dumpName(database, ".sql")}`,
      command,
      args: [
        ...how,
        ...["--routines", "--events", "--triggers", "--hex-blob", "--no-tablespaces"],
        ...(isMaria ? [] : ["--set-gtid-purged=OFF"]),
        "--",
        database,
      ],
    }),
  );
  if (connection.only !== null || !isMaria) return dumps;
  const globals: Dump = {
    ...base,
    database: "globals",
    path: `databases/${order.name}/globals.sql`,
    command,
    args: [...how, "--system=users"],
  };
  return [globals, ...dumps];
}

export async function listMysql(connection: Connection, folder: AgentFolder): Promise<string[]> {
  const out = await queryMysql(connection, folder, LIST);
  const found = out
    .split("\n")
    .filter((name) => name !== "")
    .map(unescapeField);
  const { only } = connection;
  return only === null ? found : found.filter((name) => only.includes(name));
}

/** Rows of a query, one a line, fields by tabs, as `mysql --batch` escapes them. Throws DumpTrouble with its own words. */
export async function queryMysql(connection: Connection, folder: AgentFolder, sql: string): Promise<string> {
  const command = await findProgram(["mariadb", "mysql"], connection.programs, PACKAGE);
  const { first, secret, ...base } = reach(connection);
  const args = [...first, "--batch", "--skip-column-names", "--default-character-set=utf8mb4", "-e", sql];
  const ask = (secretFd?: number) => askProgram({ ...base, command, args, secretFd });
  const end =
    secret === null
      ? await ask()
      : await withSecret(folder, { text: secret, account: connection.account }, ask);
  const trouble = troubleOf(end);
  if (trouble !== null) throw new DumpTrouble(`The database server does not answer. ${trouble}`);
  return end.stdout.toString("utf8");
}

/** How the client programs reach a server: by an option file, nothing of it on the command line. `first` has to come before all else. */
export function reach(
  connection: Connection,
): Pick<Dump, "env" | "account" | "secret"> & { first: string[] } {
  const { defaultsFile, account } = connection;
  if (defaultsFile !== null) {
    return { env: {}, account, secret: null, first: [`--defaults-file=${defaultsFile}`] };
  }
  const { host, port, user, password } = connection;
  const lines = [
    "[client]",
    ...(host.startsWith("/") ? [`socket=${quoted(host)}`] : host === "" ? [] : [`host=${quoted(host)}`]),
    ...(port === null ? [] : [`port=${port}`]),
    ...(port !== null && !host.startsWith("/") ? ["protocol=tcp"] : []),
    ...(user === "" ? [] : [`user=${quoted(user)}`]),
    ...(password === null ? [] : [`password=${quoted(password)}`]),
  ];
  return {
    env: {},
    account,
    secret: `${lines.join("\n")}\n`,
    first: [`--defaults-extra-file=${SECRET_PATH}`],
  };
}

/** A value of an option file: quoted, so that `#`, blanks and quotes mean themselves. */
function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"']/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

function unescapeField(text: string): string {
  return text.replace(
    /\\([\\ntr0])/g,
    (_, code: string) => ({ n: "\n", t: "\t", r: "\r", "0": "\0" })[code] ?? code,
  );
}

async function isMariadb(command: string): Promise<boolean> {
  const end = await askProgram({ command, args: ["--version"] });
  return end.stdout.toString("utf8").includes("MariaDB");
}
