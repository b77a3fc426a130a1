import type { Writable } from "node:stream";
import type { DatabaseOrder, DatabaseOutcome } from "~/protocol/backup-extras";
import { AgentProblem } from "../agent-problem";
import { liesInOneOf } from "../allowed-paths";
import type { TaskContext } from "../tasks/task";
import { type Connection, settleConnection } from "./connection";
import { MANIFEST_PATH } from "./databases-file";
import { type Dump, DumpTrouble } from "./dump";
import { dumpName } from "./dump-name";
import { mongodbDumps } from "./mongodb";
import { mysqlDumps } from "./mysql";
import { postgresqlDumps } from "./postgresql";
import { runDumpProgram } from "./run-dump-program";
import { openSqliteCopy } from "./sqlite";
import { TarStream, type Written } from "./tar-stream";

/** A source that the policy allows, with how to reach it; SQLite needs no connection. */
export type AllowedSource = { order: DatabaseOrder; connection: Connection | null };

/** Refuses what this machine's policy does not allow, before anything is touched. */
export async function allowSources(
  orders: readonly DatabaseOrder[],
  context: Pick<TaskContext, "policy" | "folder">,
): Promise<AllowedSource[]> {
  const allowed: AllowedSource[] = [];
  for (const order of orders) {
    if (order.engine === "sqlite") {
      await allowFiles(order, context);
      allowed.push({ order, connection: null });
      continue;
    }
    const connection = await settleConnection(order, context);
    const { only } = connection;
    const other = only === null ? undefined : order.databases.find((name) => !only.includes(name));
    if (other !== undefined) {
      throw new AgentProblem(
        "policy-forbids-database",
        `The policy of this machine does not let the database ${other} of ${order.name} be read.`,
      );
    }
    allowed.push({ order, connection });
  }
  return allowed;
}

type Run = {
  context: Pick<TaskContext, "policy" | "folder" | "log">;
  signal: AbortSignal;
  /** A private folder is about to be filled: on disk before that. */
  remember: (folder: string) => Promise<void>;
};

/**
 * Dumps every source into one tar, one after the other, as fast as it is read. A dump counts only if its program ended well: what a broken one
 * has left in the archive is marked in the manifest and told as its problem, and the others go on. Rejects only when nobody reads any more.
 */
export async function dumpDatabases(
  sources: readonly AllowedSource[],
  out: Writable,
  run: Run,
): Promise<DatabaseOutcome[]> {
  const tar = new TarStream(out);
  const outcomes: (DatabaseOutcome & { sha256?: string })[] = [];
  for (const source of sources) outcomes.push(...(await dumpSource(source, tar, run)));
  await tar.file(MANIFEST_PATH, `${JSON.stringify({ version: 1, dumps: outcomes }, null, 2)}\n`);
  await tar.end();
  return outcomes.map(({ sha256: _, ...outcome }) => outcome);
}

async function dumpSource({ order, connection }: AllowedSource, tar: TarStream, run: Run) {
  const failed = (database: string, problem: string): DatabaseOutcome => {
    run.context.log("error", `${order.name}, ${database}: ${problem}`);
    return { source: order.name, database, path: null, bytes: 0, problem: problem.slice(0, 2000) };
  };
  const told = (database: string, written: Written, problem: string | null) => {
    if (problem !== null) return { ...failed(database, problem), bytes: written.bytes };
    run.context.log("info", `Dumped ${order.name}, ${database}: ${written.bytes} bytes.`);
    const { path, bytes, sha256 } = written;
    return { source: order.name, database, path, bytes, problem: null, sha256 };
  };
  const outcomes: (DatabaseOutcome & { sha256?: string })[] = [];
  if (connection === null) {
    for (const file of order.databases) {
      const path = `databases/${order.name}/${dumpName(file.replace(/^\/+/, ""), ".sqlite")}`;
      try {
        const { policy } = run.context.policy;
        const copy = await openSqliteCopy(file, { ...run, readPaths: policy.readPaths });
        outcomes.push(told(file, await tar.dump(path, copy.stream).finally(copy.close), null));
      } catch (error) {
        if (!(error instanceof DumpTrouble)) throw error;
        outcomes.push(failed(file, error.message));
      }
    }
    return outcomes;
  }
  let dumps: Dump[];
  try {
    dumps = await DUMPS_OF[connection.engine](order, connection, run.context.folder);
  } catch (error) {
    if (!(error instanceof DumpTrouble)) throw error;
    return [failed(order.databases.join(", ").slice(0, 4096) || "every database", error.message)];
  }
  for (const dump of dumps) {
    const { written, problem } = await runDump(dump, tar, run);
    outcomes.push(told(dump.database, written, problem));
  }
  return outcomes;
}

const DUMPS_OF = { postgresql: postgresqlDumps, mysql: mysqlDumps, mongodb: mongodbDumps };

async function runDump(
  dump: Dump,
  tar: TarStream,
  run: Run,
): Promise<{ written: Written; problem: string | null }> {
  const { context, signal } = run;
  if (dump.note) context.log("info", dump.note);
  let written: Written = { path: dump.path, bytes: 0, sha256: "" };
  const trouble = await runDumpProgram(dump, context.folder, {
    signal,
    onStdout: async (stdout) => {
      written = await tar.dump(dump.path, stdout);
    },
    log: (line) => context.log("info", `${dump.database}: ${line}`),
  });
  return { written, problem: trouble ?? (written.bytes === 0 ? "The dump is empty." : null) };
}

async function allowFiles(order: DatabaseOrder, { policy }: Pick<TaskContext, "policy">): Promise<void> {
  if (order.databases.length === 0) {
    throw new AgentProblem("database-failed", `${order.name} names no SQLite file. Add one to the plan.`);
  }
  for (const file of order.databases) {
    if (policy.readable && (await liesInOneOf(file, policy.policy.readPaths))) continue;
    throw new AgentProblem(
      "policy-forbids-database",
      `The policy of this machine does not allow reading ${file}.`,
    );
  }
}
