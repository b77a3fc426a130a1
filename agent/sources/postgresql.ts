import type { DatabaseOrder } from "~/protocol/backup-extras";
import type { AgentFolder } from "../agent-folder";
import { askProgram, troubleOf } from "../run-program";
import type { Connection } from "./connection";
import { type Dump, DumpTrouble } from "./dump";
import { dumpName } from "./dump-name";
import { findProgram } from "./find-program";
import { SECRET_PATH, withSecret } from "./secret-file";

const PACKAGE = "postgresql-client";
/** Which databases there are; templates hold nobody's data. */
const LIST =
  "select datname from pg_catalog.pg_database where datallowconn and not datistemplate order by datname";

/**
 * The dumps of one PostgreSQL server: one per database in pg_dump's own format, not compressed (borg does that, and finds what it knows),
 * and the roles and tablespaces beside them. pg_dump reads one snapshot of each database and holds up no writer.
 */
export async function postgresqlDumps(
  order: DatabaseOrder,
  connection: Connection,
  folder: AgentFolder,
): Promise<Dump[]> {
  const dump = await findProgram(["pg_dump"], connection.programs, PACKAGE);
  const base = reach(connection);
  const databases = order.databases.length > 0 ? order.databases : await listPostgresql(connection, folder);
  const dumps = databases.map(
    (database): Dump => ({
      ...base,
      database,
      path: `databases/${order.name}/${dumpName(database, ".dump")}`,
      command: dump,
      args: ["--format=custom", "--compress=0", "--no-password", `--dbname=${nameOnly(database)}`],
    }),
  );
  if (connection.only !== null) return dumps;
  return [await globalsDump(order, connection, folder), ...dumps];
}

/** Every database that can be connected to. */
export async function listPostgresql(connection: Connection, folder: AgentFolder): Promise<string[]> {
  const out = await queryPostgresql(connection, folder, "postgres", LIST);
  const found = out.split("\0").filter((name) => name !== "");
  const { only } = connection;
  return only === null ? found : found.filter((name) => only.includes(name));
}

/** Rows of a query, fields by `|`, each row ended by a zero byte. Throws DumpTrouble with psql's own words. */
export async function queryPostgresql(
  connection: Connection,
  folder: AgentFolder,
  database: string,
  sql: string,
): Promise<string> {
  const psql = await findProgram(["psql"], connection.programs, PACKAGE);
  const { secret, ...base } = reach(connection);
  const args = [
    "-X",
    "-A",
    "-t",
    "-0",
    "-q",
    "-w",
    "-v",
    "ON_ERROR_STOP=1",
    `--dbname=${nameOnly(database)}`,
    "-c",
    sql,
  ];
  const ask = (secretFd?: number) => askProgram({ ...base, command: psql, args, secretFd });
  const end =
    secret === null
      ? await ask()
      : await withSecret(folder, { text: secret, account: connection.account }, ask);
  const trouble = troubleOf(end);
  if (trouble !== null) throw new DumpTrouble(`PostgreSQL does not answer. ${trouble}`);
  return end.stdout.toString("utf8");
}

/** How libpq's programs reach a server: by environment and password file, nothing of it on the command line. */
export function reach(connection: Connection): Pick<Dump, "env" | "account" | "secret"> {
  const { host, port, user, password } = connection;
  return {
    env: {
      ...(host === "" ? {} : { PGHOST: host }),
      ...(port === null ? {} : { PGPORT: String(port) }),
      ...(user === "" ? {} : { PGUSER: user }),
      ...(password === null ? {} : { PGPASSFILE: SECRET_PATH }),
      PGCONNECT_TIMEOUT: "20",
      PGAPPNAME: "bbs-agent",
    },
    account: connection.account,
    secret: password === null ? null : `*:*:*:*:${password.replace(/[\\:]/g, "\\$&")}\n`,
  };
}

/** A connection string that is a name and nothing else: libpq reads `host=...` or a URL out of a bare one. */
export function nameOnly(database: string): string {
  return `dbname='${database.replace(/[\\']/g, "\\$&")}'`;
}

/** Roles with their passwords for one who may read those (a superuser), without them for others. */
async function globalsDump(order: DatabaseOrder, connection: Connection, folder: AgentFolder): Promise<Dump> {
  const may = "select pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'select')";
  const whole = (await queryPostgresql(connection, folder, "postgres", may)).startsWith("t");
  return {
    ...reach(connection),
    database: "globals",
    path: `databases/${order.name}/globals.sql`,
    command: await findProgram(["pg_dumpall"], connection.programs, PACKAGE),
    args: [
      "--globals-only",
      "--no-password",
      ...(whole ? [] : ["--no-role-passwords"]),
      `--dbname=${nameOnly("postgres")}`,
    ],
    ...(whole
      ? {}
      : { note: `${order.name}: this user may not read the passwords of roles; they are left out.` }),
  };
}
