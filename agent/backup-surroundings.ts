import type { BackupOrder } from "~/protocol/v1";
import { type Aftermath, keepAftermath } from "./aftermath";
import { AgentProblem } from "./agent-problem";
import { stopContainer } from "./containers/containers";
import { runHook } from "./hooks/run-hook";
import { rememberScript } from "./settle-aftermath";
import { makeSnapshot, planSnapshot, type Snapshot, snapshotOf, withSnapshots } from "./snapshots/btrfs";
import type { AllowedBackup } from "./tasks/allow-backup";
import type { TaskContext } from "./tasks/task";

/** What the backup reads through, once everything around it is ready. */
export type Ready = {
  within: (command: readonly string[]) => string[];
  /** Exclude patterns: our own snapshots are nobody's data. */
  leaveOut: string[];
  warnings: number;
};

/**
 * Makes the machine ready for a backup: scripts, then containers, then snapshots. Each thing is in the record on disk before it is done, so
 * that it is put back in order also after a kill -9. Throws when the backup must not begin.
 */
export async function makeReady(
  order: BackupOrder,
  { containers, aftermath: left }: AllowedBackup,
  context: TaskContext,
): Promise<Ready> {
  await keepAftermath(context.folder, left);
  const warnings = await runBefore(order, left, context);
  for (const container of containers) {
    left.containers.push(container);
    await keepAftermath(context.folder, left);
    await stopContainer(container);
    context.log("info", `Container ${container.name} was stopped.`);
    refuseStopped(context);
  }
  const snapshots = await takeSnapshots(order, left, context);
  return {
    within: (command) => withSnapshots(snapshots, command),
    leaveOut: snapshots.map(({ path }) => `pp:${path}`),
    warnings,
  };
}

async function runBefore(order: BackupOrder, left: Aftermath, context: TaskContext): Promise<number> {
  const { folder, policy, log, signal } = context;
  const { jobId, planId, archiveName } = order;
  let warnings = 0;
  for (const hook of order.hooks?.before ?? []) {
    const facts = { jobId, planId, archiveName, outcome: "running" } as const;
    const onStart = (pid: number) => rememberScript(folder, left, pid);
    const trouble = await runHook(hook, { phase: "before", facts, policy, log, signal, onStart });
    left.process = null;
    refuseStopped(context);
    if (trouble === null) {
      log("info", `The script ${hook.name} has run.`);
      continue;
    }
    const said = `The script ${hook.name} failed before the backup. ${trouble}`;
    if (hook.onFailure === "abort") throw new AgentProblem("hook-failed", `${said} No archive was made.`);
    log("warning", said);
    warnings++;
  }
  return warnings;
}

/** One snapshot per source. With `if-possible` a source that can have none is read as it is, and the log says why. */
async function takeSnapshots(order: BackupOrder, left: Aftermath, context: TaskContext): Promise<Snapshot[]> {
  const wanted = order.snapshot ?? "none";
  const taken: Snapshot[] = [];
  if (wanted === "none") return taken;
  for (const source of order.sources) {
    const plan = await planSnapshot(source, order.oneFileSystem);
    const snapshot = plan.possible ? snapshotOf(plan, order.jobId, taken.length + 1) : null;
    if (snapshot !== null) {
      left.snapshots.push({ kind: "btrfs", path: snapshot.path });
      await keepAftermath(context.folder, left);
    }
    const why = plan.possible ? snapshot && (await makeSnapshot(snapshot)) : plan.why;
    if (why === null && snapshot !== null) {
      taken.push(snapshot);
      context.log("info", `${source} is read from a btrfs snapshot.`);
      continue;
    }
    const said = `${source} could not be read from a snapshot: ${why}.`;
    if (wanted === "required") throw new AgentProblem("snapshot-failed", `${said} No archive was made.`);
    context.log("info", `${said} It is read as it is.`);
  }
  return taken;
}

function refuseStopped(context: TaskContext): void {
  if (context.signal.aborted) throw new AgentProblem("cancelled", "Stopped before borg was started.");
}
