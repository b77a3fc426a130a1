import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DatabaseTarget } from "~/protocol/backup-extras";
import type { RestoreOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import { madeHere } from "../archives-made";
import { type Connection, settleConnection } from "../sources/connection";
import { DATABASES_FILE } from "../sources/databases-file";
import { DumpTrouble } from "../sources/dump";
import { dumpName } from "../sources/dump-name";
import { type Loader, loaderFor } from "../sources/load-database";
import { readDump } from "../sources/read-dump";
import { runDumpProgram } from "../sources/run-dump-program";
import { agentProblemOf, type BorgAccess, openAccess, runForTask } from "./borg-access";
import { checkArchives } from "./check-archive";
import type { TaskContext, TaskEnd } from "./task";

/**
 * Brings one dump back into a database, streamed. It is loaded into a fresh database first and counts only when its program ended well and the
 * manifest in the archive says that the dump was whole; until then a database of that name is not touched. One that is there is dumped into
 * the machine's restore folder before it is replaced.
 *
 * Refuses what the policy does not allow (`restore` of its entry), and archives that this agent did not make: a dump is a program for the
 * database server, and a server that knows the passphrase could forge one.
 */
export async function restoreDatabase(
  order: RestoreOrder,
  target: DatabaseTarget,
  context: TaskContext,
): Promise<TaskEnd> {
  const { connection, restoreFolder } = await allowed(order, target, context);
  const access = await openAccess(context, order.repository, "read");
  await checkArchives([order.archive], context, access);
  const loader = loaderFor(connection, context.folder);
  try {
    const exists = (await loader.list()).includes(target.into);
    if (exists && target.replace === false) throw new DumpTrouble(taken(target));
    const safetyDump = exists ? await dumpFirst(order, target, loader, restoreFolder, context) : null;
    const bytes = await replace({ order, target, loader, exists, access, safetyDump }, context);
    context.log("info", `The database ${target.into} is restored.`);
    const database = { name: target.into, safetyDump };
    return {
      state: "succeeded",
      result: {
        ...{ kind: "restore", writtenTo: safetyDump, database, files: 0, directories: 0, bytes },
        ...{ skipped: [], skippedCount: 0, borgExitCode: 0 },
      },
    };
  } catch (error) {
    if (!(error instanceof DumpTrouble)) throw error;
    throw new AgentProblem("database-failed", error.message, { cause: error });
  }
}

async function allowed(
  order: RestoreOrder,
  target: DatabaseTarget,
  context: TaskContext,
): Promise<{ connection: Connection; restoreFolder: string }> {
  const { policy, folder } = context;
  const forbidden = (say: string) => new AgentProblem("policy-forbids-target", say);
  if (!policy.readable) throw forbidden(`Nothing may be written: ${policy.why}.`);
  const line = `databases.${target.entry}`;
  const entry = Object.entries(policy.policy.databases ?? {}).find(([name]) => name === target.entry)?.[1];
  const may = "The machine's administrator can change that.";
  if (!entry) throw forbidden(`${folder.policy} has no database server ${target.entry} (${line}). ${may}`);
  if (!entry.restore) {
    throw forbidden(
      `${folder.policy} does not allow bringing a database back into ${target.entry}: ${line}.restore is not true. ${may}`,
    );
  }
  if (entry.only && !entry.only.includes(target.into)) {
    throw forbidden(`${folder.policy} does not allow ${target.into}: ${line}.only does not list it. ${may}`);
  }
  const fits =
    target.dump.endsWith(ENDINGS[entry.engine]) && !/\/(globals\.sql|admin\.archive)$/.test(target.dump);
  if (!fits) throw forbidden(`${target.dump} is no dump of one database for ${entry.engine}.`);
  if (entry.engine === "mongodb" && ["admin", "config", "local"].includes(target.into)) {
    throw forbidden(`${target.into} is MongoDB's own, so nothing is brought back into it.`);
  }
  if (!(await madeHere(folder, order.repository.repositoryId, order.archive.borgId))) {
    throw new AgentProblem(
      "archive-not-made-here",
      "This archive was not made by this agent, so it is not loaded into a database. Restore its databases.tar to the restore folder and look at it first.",
    );
  }
  const connection = await settleConnection(
    {
      ...{ engine: entry.engine, name: target.entry, databases: [], host: "", port: null, user: "" },
      credentials: { kind: "local", name: target.entry },
    },
    context,
  );
  return { connection, restoreFolder: policy.policy.restoreFolder };
}

const ENDINGS = { postgresql: ".dump", mysql: ".sql", mongodb: ".archive" } as const;

function taken({ into }: DatabaseTarget): string {
  return `There is a database ${into} already, and a copy was asked for. Choose another name. Nothing was changed.`;
}

/** The database as it is, into a file of the restore folder: 0600, in a folder named after the job. */
async function dumpFirst(
  order: RestoreOrder,
  target: DatabaseTarget,
  loader: Loader,
  restoreFolder: string,
  context: TaskContext,
): Promise<string> {
  const folder = join(restoreFolder, order.jobId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `before-${dumpName(target.into, extname(target.dump))}`);
  const told = tellBytes("dumping what is there", null, context);
  const trouble = await runDumpProgram(await loader.dump(target.into), context.folder, {
    signal: context.signal,
    onStdout: (stdout) => {
      stdout.on("data", (part: Buffer) => told(part.length));
      return pipeline(stdout, createWriteStream(path, { mode: 0o600, flags: "wx" }));
    },
    log: (line) => context.log("info", line),
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (trouble !== null) {
    throw new DumpTrouble(
      `${target.into} could not be dumped before it is replaced, so nothing was done. ${trouble}`,
    );
  }
  context.log("info", `The database ${target.into} as it was lies in ${path}.`);
  return path;
}

type Replacement = {
  order: RestoreOrder;
  target: DatabaseTarget;
  loader: Loader;
  exists: boolean;
  access: BorgAccess;
  safetyDump: string | null;
};

async function replace(run: Replacement, context: TaskContext): Promise<number> {
  const { order, target, loader, exists, safetyDump } = run;
  const fresh = exists ? `bbs_${order.jobId}` : target.into;
  await loader.create(fresh);
  let bytes: number;
  try {
    bytes = await loadInto(fresh, run, context);
    if (exists && loader.exchange) await loader.exchange(fresh, target.into);
  } catch (error) {
    await loader.drop(fresh);
    throw error;
  }
  if (!exists || loader.exchange) return bytes;
  // It was loaded once, so it is whole and the server takes it; MariaDB gives no database another name.
  await loader.drop(fresh);
  try {
    await loader.drop(target.into);
    await loader.create(target.into);
    return await loadInto(target.into, run, context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DumpTrouble(
      `${target.into} is not complete now. ${why} As it was before, it lies in ${safetyDump}.`,
    );
  }
}

/** Streams the dump out of the archive into a database that is there. Throws DumpTrouble unless it was whole and was taken. */
async function loadInto(database: string, run: Replacement, context: TaskContext): Promise<number> {
  const { order, target, loader, access } = run;
  const program = await loader.load(database, target.dump);
  const told = tellBytes("loading", target.bytes ?? null, context);
  let open: (stdin: Writable) => void = () => undefined;
  const stdin = new Promise<Writable>((resolve) => {
    open = resolve;
  });
  const loading = runDumpProgram(program, context.folder, {
    signal: context.signal,
    onStdin: open,
    log: (line) => context.log("info", line),
  });
  const sink = await Promise.race([
    stdin,
    loading.then((why) => new DumpTrouble(why ?? "It ended at once.")),
  ]);
  if (sink instanceof DumpTrouble) throw sink;
  let reading: Promise<number | null> = Promise.resolve(null);
  const end = await runForTask(context, {
    command: context.borg.path,
    args: [
      ...["extract", "--log-json", "--bypass-lock", "--stdout"],
      `${access.url}::${order.archive.name}`,
      DATABASES_FILE,
    ],
    env: access.env,
    passphrase: access.passphrase,
    onStdoutStream: (stdout) => {
      reading = readDump(stdout, target.dump, sink, told);
    },
    signal: context.signal,
  }).finally(async () => {
    await reading;
    sink.end();
  });
  const bytes = await reading;
  const trouble = await loading;
  const problem = agentProblemOf(end);
  if (problem) throw problem;
  if (trouble !== null) throw new DumpTrouble(`The database server did not take it. ${trouble}`);
  if (bytes === null) {
    throw new DumpTrouble(`The archive has no whole dump ${target.dump}. Choose another archive.`);
  }
  return bytes;
}

/** Tells how many bytes have passed, in the numbers of a restore. */
function tellBytes(phase: string, totalBytes: number | null, context: TaskContext): (more: number) => void {
  let bytes = 0;
  return (more) => {
    bytes += more;
    context.progress({
      ...{ phase, files: 0, originalBytes: bytes, compressedBytes: 0, deduplicatedBytes: 0 },
      ...{ totalBytes, totalFiles: null, currentPath: null },
    });
  };
}
