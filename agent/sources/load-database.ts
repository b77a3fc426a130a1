import type { AgentFolder } from "../agent-folder";
import type { Connection } from "./connection";
import type { Dump } from "./dump";
import { findProgram } from "./find-program";
import { dropMongodb, listMongodb, loadMongodb, mongodbDumps } from "./mongodb";
import { listMysql, mysqlDumps, queryMysql, reach as reachMysql } from "./mysql";
import {
  listPostgresql,
  nameOnly,
  postgresqlDumps,
  queryPostgresql,
  reach as reachPostgresql,
} from "./postgresql";

/** What bringing a dump back needs of one kind of database server. Names are quoted here; everything throws DumpTrouble. */
export type Loader = {
  list: () => Promise<string[]>;
  create: (database: string) => Promise<void>;
  drop: (database: string) => Promise<void>;
  /** Puts `fresh` in the place of `old`, which is gone afterwards; null: the server cannot, so it must be loaded in place. */
  exchange: ((fresh: string, old: string) => Promise<void>) | null;
  /** How the database is dumped. */
  dump: (database: string) => Promise<Dump>;
  /** The program that loads a dump, by its path in the tar, from its stdin into a database that was created. */
  load: (database: string, dump: string) => Promise<Dump>;
};

export function loaderFor(connection: Connection, folder: AgentFolder): Loader {
  switch (connection.engine) {
    case "postgresql":
      return postgresqlLoader(connection, folder);
    case "mysql":
      return mysqlLoader(connection, folder);
    case "mongodb":
      return mongodbLoader(connection, folder);
  }
}

function postgresqlLoader(connection: Connection, folder: AgentFolder): Loader {
  const run = async (sql: string) => {
    await queryPostgresql(connection, folder, "postgres", sql);
  };
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const literal = (name: string) => `'${name.replaceAll("'", "''")}'`;
  const endUsers = (name: string) =>
    run(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${literal(name)} and pid <> pg_backend_pid()`,
    );
  return {
    list: () => listPostgresql({ ...connection, only: null }, folder),
    create: (name) => run(`create database ${quoted(name)} template template0`),
    drop: (name) => run(`drop database if exists ${quoted(name)} with (force)`),
    async exchange(fresh, old) {
      const aside = `${fresh}_old`;
      await run(
        `do $$ begin execute format('alter database %I owner to %I', ${literal(fresh)}, (select pg_get_userbyid(datdba) from pg_database where datname = ${literal(old)})); end $$`,
      );
      await run(`alter database ${quoted(old)} allow_connections false`);
      await endUsers(old);
      try {
        await run(`alter database ${quoted(old)} rename to ${quoted(aside)}`);
        await run(`alter database ${quoted(fresh)} rename to ${quoted(old)}`);
      } catch (error) {
        // Whichever step failed: what was there gets its name and its users back.
        await run(`alter database ${quoted(aside)} rename to ${quoted(old)}`).catch(() => undefined);
        await run(`alter database ${quoted(old)} allow_connections true`);
        throw error;
      }
      await run(`drop database ${quoted(aside)}`);
    },
    dump: (name) => onlyDump(postgresqlDumps, name, connection, folder),
    async load(name) {
      return {
        ...reachPostgresql(connection),
        database: name,
        path: "",
        command: await findProgram(["pg_restore"], connection.programs, "postgresql-client"),
        args: ["--exit-on-error", "--no-password", `--dbname=${nameOnly(name)}`],
      };
    },
  };
}

function mysqlLoader(connection: Connection, folder: AgentFolder): Loader {
  const run = async (sql: string) => {
    await queryMysql(connection, folder, sql);
  };
  const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;
  return {
    list: () => listMysql({ ...connection, only: null }, folder),
    create: (name) => run(`create database ${quoted(name)}`),
    drop: (name) => run(`drop database if exists ${quoted(name)}`),
    exchange: null,
    dump: (name) => onlyDump(mysqlDumps, name, connection, folder),
    async load(name) {
      const { first, ...base } = reachMysql(connection);
      return {
        ...base,
        database: name,
        path: "",
        command: await findProgram(["mariadb", "mysql"], connection.programs, "mariadb-client"),
        // Binary mode: the client takes no commands of its own (`\!` runs a shell) out of a dump.
        args: [...first, "--binary-mode", "--default-character-set=utf8mb4", `--database=${name}`],
      };
    },
  };
}

function mongodbLoader(connection: Connection, folder: AgentFolder): Loader {
  return {
    list: () => listMongodb({ ...connection, only: null }, folder),
    // A database is there as soon as something is in it.
    create: async () => undefined,
    drop: (name) => dropMongodb(connection, folder, name),
    exchange: null,
    dump: (name) => onlyDump(mongodbDumps, name, connection, folder),
    load: (name, dump) => loadMongodb(connection, dump, name),
  };
}

async function onlyDump(
  dumps: typeof mysqlDumps,
  database: string,
  connection: Connection,
  folder: AgentFolder,
): Promise<Dump> {
  const order = {
    ...{ engine: connection.engine, name: "safety", databases: [database], host: "", port: null, user: "" },
    credentials: { kind: "none" as const },
  };
  const [dump] = await dumps(order, { ...connection, only: [database] }, folder);
  if (!dump) throw new TypeError("A database has one dump.");
  return dump;
}
