import { z } from "zod";
import type { BorgLogLine } from "~/borg/log-json";
import type { BorgEnd } from "~/borg/run";
import type { AgentJobResult, BackupOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import { rememberArchive } from "../archives-made";
import { agentProblemOf, levelOf, openAccess, runForTask } from "./borg-access";
import { checkSources, filterArguments, sortSources } from "./plan-sources";
import type { TaskContext, TaskEnd } from "./task";
import { toldCommand } from "./told-command";

/** Seconds that borg waits for another borg to leave the repository. */
const LOCK_WAIT_SECONDS = 60;

/**
 * Makes one archive. A file that changed while it was read, or vanished before it could be, is everyday life and does not colour
 * the result; a file that could not be read does (`warned`, counted), and so does a source that is not there as long as another is.
 * Refuses sources outside the machine's policy before borg starts.
 */
export async function backup(order: BackupOrder, context: TaskContext): Promise<TaskEnd> {
  await checkSources(order.sources, context);
  const { there, missing } = await sortSources(order.sources);
  for (const source of missing) context.log("warning", `${source} is not there and was not backed up.`);
  if (there.length === 0) {
    throw new AgentProblem(
      "source-missing",
      `Nothing to back up: ${order.sources.join(", ")} ${order.sources.length === 1 ? "is" : "are"} not there. Correct the plan, or mount what is missing.`,
    );
  }
  context.log(
    "info",
    `Backing up ${there.join(", ")} with borg ${context.borg.version.text} into the archive ${order.archiveName}.`,
  );
  const access = await openAccess(context, order.repository, "write");
  const watch = watchCreate(context);
  const args = createArguments(order, there, access.url, context.folder.folder);
  const end = await runForTask(context, {
    command: context.borg.path,
    args,
    // Each plan keeps its own memory of files: two plans with different sources would age each other's entries out.
    env: { ...access.env, BORG_FILES_CACHE_SUFFIX: order.planId },
    passphrase: access.passphrase,
    onLog: watch.onLog,
    signal: context.signal,
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
  const warnings = watch.warnings() + missing.length;
  const result: AgentJobResult = {
    kind: "backup",
    archive,
    warnings,
    borgExitCode: end.exitCode,
    borgVersion: context.borg.version.text,
    command: toldCommand(context.borg.path, args),
  };
  // A stop that came when borg had already committed changes nothing: the archive is there, and that is the truth.
  const problem = agentProblemOf(archive === null ? end : { ...end, stopped: null });
  if (problem?.code === "cancelled") return { state: "stopped", say: "No archive was made.", result };
  if (problem) return { state: "failed", problem, result };
  if (archive === null) {
    throw new AgentProblem(
      "borg-failed",
      "borg ended without an error but did not say which archive it made.",
    );
  }
  return { state: warnings > 0 ? "warned" : "succeeded", result };
}

/**
 * The command line. Excludes and sources reach borg as typed; the agent's own folder is never part of an archive, because the
 * server can read archives and must not learn this machine's keys.
 */
export function createArguments(
  order: Pick<BackupOrder, "archiveName" | "excludes" | "compression" | "oneFileSystem" | "excludeCaches">,
  sources: readonly string[],
  url: string,
  ownFolder: string,
): string[] {
  return [
    "create",
    "--json",
    "--log-json",
    "--progress",
    `--lock-wait=${LOCK_WAIT_SECONDS}`,
    `--compression=${order.compression}`,
    ...filterArguments(order, ownFolder),
    "--",
    `${url}::${order.archiveName}`,
    ...sources,
  ];
}

/** Whether a warning of borg is everyday life: the file changed or vanished while borg was at it. */
export function isRoutine(message: string): boolean {
  return (
    /: file changed while we backed it up$/.test(message) ||
    /\[Errno 2\] No such file or directory/.test(message)
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

type MadeArchive = Extract<AgentJobResult, { kind: "backup" }>["archive"];

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
