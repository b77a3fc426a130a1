import type { DatabaseOutcome } from "~/protocol/backup-extras";
import type { SampleResult } from "~/protocol/sample";
import type { AgentJobResult, BackupOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import { makeReady } from "../backup-surroundings";
import { type Sample, takeSample } from "../sample/take-sample";
import { settleAftermath } from "../settle-aftermath";
import { allowBackup } from "./allow-backup";
import { agentProblemOf } from "./borg-access";
import { type Created, createArchive } from "./create-archive";
import { feedDatabases } from "./feed-databases";
import { sortSources } from "./plan-sources";
import type { TaskContext, TaskEnd } from "./task";

/**
 * Makes one archive, with what belongs to it: scripts, stopped containers, snapshots and dumps of databases, as far as this machine's policy
 * allows them; what it forbids ends the job before anything is touched. What was changed around the backup is put back in order however it
 * ended. A database that could not be dumped makes it failed though the archive is there: a backup without its database is not the one that
 * was asked for. A source that is not there makes it warned as long as another one is.
 */
export async function backup(order: BackupOrder, context: TaskContext): Promise<TaskEnd> {
  const allowed = await allowBackup(order, context);
  const left = allowed.aftermath;
  let sample: Sample | null = null;
  let end: TaskEnd;
  try {
    // What is read from a snapshot is as old as that: the sample begins before it, and else when scripts have done their part.
    if (order.snapshot && order.snapshot !== "none") sample = await sampleOf(order, context);
    const ready = await makeReady(order, allowed, context);
    sample ??= await sampleOf(order, context);
    const around = { ...allowed, ...ready, sample };
    end = withSpoilt(await archiveSources(order, context, around), await ready.spoilt());
  } catch (error) {
    sample?.drop();
    await settleAftermath(left, context.signal.aborted ? "stopped" : "failed", context);
    throw error;
  }
  const after = await settleAftermath(left, end.state, context);
  return withAftermath(end, after);
}

type Surroundings = Awaited<ReturnType<typeof allowBackup>> &
  Awaited<ReturnType<typeof makeReady>> & { sample: Sample | null };

async function sampleOf(order: BackupOrder, context: TaskContext): Promise<Sample | null> {
  return takeSample(order, (await sortSources(order.sources)).there, context);
}

async function archiveSources(
  order: BackupOrder,
  context: TaskContext,
  around: Surroundings,
): Promise<TaskEnd> {
  const { there, missing } = await sortSources(order.sources);
  for (const source of missing) context.log("warning", `${source} is not there and was not backed up.`);
  if (there.length === 0 && around.databases.length === 0) throw nothingThere(order);
  context.log(
    "info",
    `Backing up ${[...around.databases.map((one) => `the databases of ${one.order.name}`), ...there].join(", ")} with borg ${context.borg.version.text} into the archive ${order.archiveName}.`,
  );
  const databases = feedDatabases(around.databases, around.aftermath, context);
  const made = await createArchive(order, context, {
    sources: there,
    leaveOut: around.leaveOut,
    feed: databases?.feed ?? null,
    within: around.within,
    signal: databases?.signal ?? context.signal,
  });
  const outcomes = await databases?.end();
  if (made.archive === null) around.sample?.drop();
  const sample = made.archive === null ? undefined : await around.sample?.end();
  return judge(made, { outcomes, sample }, around.warnings + missing.length, context);
}

function judge(
  made: Created,
  beside: { outcomes: DatabaseOutcome[] | undefined; sample: SampleResult | undefined },
  moreWarnings: number,
  context: TaskContext,
): TaskEnd {
  const { end, archive } = made;
  const { outcomes: databases, sample } = beside;
  const warnings = made.warnings + moreWarnings;
  const result: AgentJobResult = {
    kind: "backup",
    archive,
    warnings,
    borgExitCode: end.exitCode,
    borgVersion: context.borg.version.text,
    command: made.command,
    ...(databases ? { databases: databases.slice(0, 2000) } : {}),
    ...(sample ? { sample } : {}),
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
  const broken = (databases ?? []).filter((one) => one.problem !== null);
  const [first] = broken;
  if (first) {
    const others = broken.length > 1 ? ` So did ${broken.length - 1} more; the log names them.` : "";
    const say = `${first.source}, ${first.database} could not be dumped: ${first.problem}${others} Everything else is in the archive ${archive.name}.`;
    return { state: "failed", problem: { code: "database-failed", say }, result };
  }
  return { state: warnings > 0 ? "warned" : "succeeded", result };
}

/** An archive that was read from a snapshot that broke is there, but it is not the state of one moment that was asked for. */
function withSpoilt(end: TaskEnd, spoilt: string | null): TaskEnd {
  if (spoilt === null || end.state === "failed" || end.state === "stopped") return end;
  const say = `${spoilt} The archive was made, but what was read last may be missing or broken in it.`;
  return { state: "failed", problem: { code: "snapshot-failed", say }, result: end.result };
}

/** What went wrong while things were put back in order colours a backup that went well; one that did not keeps its own problem. */
function withAftermath(end: TaskEnd, after: Awaited<ReturnType<typeof settleAftermath>>): TaskEnd {
  if (end.state === "failed" || end.state === "stopped") return end;
  const [container] = after.containers;
  if (container)
    return { state: "failed", problem: { code: "containers-failed", say: container }, result: end.result };
  const [hook] = after.aborting;
  if (hook) {
    const say = `${hook} The archive was made before that.`;
    return { state: "failed", problem: { code: "hook-failed", say }, result: end.result };
  }
  if (after.warnings.length === 0 || end.result.kind !== "backup") return end;
  const warnings = end.result.warnings + after.warnings.length;
  return { state: "warned", result: { ...end.result, warnings } };
}

function nothingThere(order: BackupOrder): AgentProblem {
  const what = order.sources.length === 0 ? "nothing was named" : order.sources.join(", ");
  const are =
    order.sources.length === 0 ? "" : order.sources.length === 1 ? " is not there" : " are not there";
  return new AgentProblem(
    "source-missing",
    `Nothing to back up: ${what}${are}. Correct the plan, or mount what is missing.`,
  );
}
