import type { Writable } from "node:stream";
import { z } from "zod";
import type { BorgLogLine } from "~/borg/log-json";
import type { BorgEnd } from "~/borg/run";
import type { BorgOptions } from "~/protocol/backup-extras";
import type { AgentJobResult, BackupOrder } from "~/protocol/v1";
import { rememberArchive } from "../archives-made";
import { DATABASES_FILE } from "../sources/databases-file";
import { levelOf, openAccess, runForTask } from "./borg-access";
import { filterArguments } from "./plan-sources";
import type { TaskContext } from "./task";
import { toldCommand } from "./told-command";

/** Seconds that borg waits for another borg to leave the repository. */
const LOCK_WAIT_SECONDS = 60;

/** What one run of `borg create` came to. */
export type Created = { end: BorgEnd; archive: MadeArchive; warnings: number; command: string[] };

/**
 * Makes one archive of sources that are there. A file that changed while it was read, or vanished before it could be, is everyday life and is
 * not counted; a file that could not be read is. Throws only when borg could not be started; what it said is for the caller to judge.
 */
export async function createArchive(
  order: BackupOrder,
  context: TaskContext,
  how: {
    sources: readonly string[];
    /** Further exclude patterns of our own. */
    leaveOut: readonly string[];
    /** Writes what becomes the file `databases.tar` at the top of the archive; null: none. */
    feed: ((stdin: Writable) => void) | null;
    /** Puts borg's command into the view in which it reads; words of the report stay borg's own. */
    within: (command: readonly string[]) => string[];
    signal: AbortSignal;
  },
): Promise<Created> {
  const access = await openAccess(context, order.repository, "write");
  const watch = watchCreate(context);
  const args = createArguments(
    { ...order, excludes: [...order.excludes, ...how.leaveOut] },
    how.sources,
    access.url,
    context.folder.folder,
  );
  const [command = "", ...words] = how.within([context.borg.path, ...args]);
  const end = await runForTask(context, {
    command,
    args: words,
    // Each plan keeps its own memory of files: two plans with different sources would age each other's entries out.
    env: { ...access.env, BORG_FILES_CACHE_SUFFIX: order.planId },
    passphrase: access.passphrase,
    ...(how.feed ? { onStdin: how.feed } : {}),
    onLog: watch.onLog,
    signal: how.signal,
  });
  const archive = readArchive(end);
  if (archive !== null) {
    await rememberArchive(context.folder, {
      borgId: archive.borgId,
      repositoryId: order.repository.repositoryId,
      name: archive.name,
      madeAt: archive.endedAt,
    });
  }
  return { end, archive, warnings: watch.warnings(), command: toldCommand(context.borg.path, args) };
}

/**
 * The command line. Excludes and sources reach borg as typed; the agent's own folder is never part of an archive, because the
 * server can read archives and must not learn this machine's keys.
 */
export function createArguments(
  order: Pick<
    BackupOrder,
    | "archiveName"
    | "excludes"
    | "compression"
    | "oneFileSystem"
    | "excludeCaches"
    | "borgOptions"
    | "databases"
  >,
  sources: readonly string[],
  url: string,
  ownFolder: string,
): string[] {
  const { borgOptions } = order;
  const withDatabases = (order.databases ?? []).length > 0;
  return [
    "create",
    "--json",
    "--log-json",
    "--progress",
    `--lock-wait=${LOCK_WAIT_SECONDS}`,
    `--compression=${order.compression}`,
    ...(borgOptions ? optionArguments(borgOptions) : []),
    ...filterArguments({ ...order, ...borgOptions }, ownFolder),
    ...(withDatabases ? [`--stdin-name=${DATABASES_FILE}`, "--stdin-mode=0600"] : []),
    "--",
    `${url}::${order.archiveName}`,
    // Before the files: what a row of a database points to was there when the row was read.
    ...(withDatabases ? ["-"] : []),
    ...sources,
  ];
}

/** The options of the allow list as borg 1.2 and 1.4 spell them. Numbers and closed words; names are one argument each. */
function optionArguments(options: BorgOptions): string[] {
  return [
    ...(options.uploadKibPerSecond === null ? [] : [`--upload-ratelimit=${options.uploadKibPerSecond}`]),
    ...(options.checkpointSeconds === null ? [] : [`--checkpoint-interval=${options.checkpointSeconds}`]),
    ...(options.filesCache === "ctime,size,inode" ? [] : [`--files-cache=${options.filesCache}`]),
    ...(options.numericIds ? ["--numeric-ids"] : []),
    ...(options.noAcls ? ["--noacls"] : []),
    ...(options.noXattrs ? ["--noxattrs"] : []),
    ...(options.noFlags ? ["--noflags"] : []),
    ...(options.sparse ? ["--sparse"] : []),
  ];
}

/**
 * Whether a warning of borg is everyday life: the file changed or vanished while borg was at it, a plan has no files cache yet (why an
 * older one cannot be read is a warning before that), or a borg that was killed left a lock that nobody holds.
 */
export function isRoutine(message: string): boolean {
  return (
    /: file changed while we backed it up$/.test(message) ||
    /\[Errno 2\] No such file or directory/.test(message) ||
    /^Continuing without files cache\b/.test(message) ||
    /^(Remote: )?(Killed stale lock |Removed stale \w+ roster lock )/.test(message)
  );
}

function watchCreate(context: TaskContext) {
  let warnings = 0;
  let last = { files: 0, originalBytes: 0, compressedBytes: 0, deduplicatedBytes: 0 };
  const tell = (phase: string, currentPath: string | null) =>
    context.progress({ phase, ...last, totalBytes: null, totalFiles: null, currentPath });
  const onLog = (line: BorgLogLine) => {
    if (line.type === "archive_progress") {
      if (line.nfiles === undefined) return;
      last = {
        files: line.nfiles,
        originalBytes: line.original_size ?? 0,
        compressedBytes: line.compressed_size ?? 0,
        deduplicatedBytes: line.deduplicated_size ?? 0,
      };
      tell("creating", line.path?.slice(0, 4096) ?? null);
      return;
    }
    if (line.type === "progress_message" && line.msgid === "cache.commit") return tell("committing", null);
    const level = levelOf(line);
    if (level === null || !("message" in line)) return;
    const routine = level === "warning" && isRoutine(line.message ?? "");
    if (level === "warning" && !routine) warnings++;
    context.log(routine ? "info" : level, line.message ?? "");
  };
  return { onLog, warnings: () => warnings };
}

const createOutput = z.object({
  archive: z.object({
    id: z.string().regex(/^[0-9a-f]{64}$/),
    name: z.string(),
    start: z.string(),
    end: z.string(),
    duration: z.number().nonnegative(),
    stats: z.object({
      original_size: z.number().int(),
      compressed_size: z.number().int(),
      deduplicated_size: z.number().int(),
      nfiles: z.number().int(),
    }),
  }),
});

export type MadeArchive = Extract<AgentJobResult, { kind: "backup" }>["archive"];

/** The archive that borg says it made; null when it did not come to that. */
function readArchive(end: BorgEnd): MadeArchive {
  let json: unknown;
  try {
    json = JSON.parse(end.stdout.toString("utf8"));
  } catch {
    // Empty or cut: borg ended before it had committed.
    return null;
  }
  const parsed = createOutput.safeParse(json);
  if (!parsed.success) return null;
  const { archive } = parsed.data;
  return {
    borgId: archive.id,
    name: archive.name,
    startedAt: instantOf(archive.start),
    endedAt: instantOf(archive.end),
    durationSeconds: archive.duration,
    originalBytes: archive.stats.original_size,
    compressedBytes: archive.stats.compressed_size,
    // borg 1.2 counts a chunk that it could drop again below zero in rare cases.
    deduplicatedBytes: Math.max(0, archive.stats.deduplicated_size),
    files: archive.stats.nfiles,
  };
}

/** borg prints local time without a zone; we run it in UTC. */
function instantOf(text: string): string {
  return new Date(/[Z+]/.test(text) ? text : `${text}Z`).toISOString();
}
