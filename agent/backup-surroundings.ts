import { join, relative } from "node:path";
import type { BackupOrder } from "~/protocol/v1";
import { type Aftermath, keepAftermath } from "./aftermath";
import { AgentProblem } from "./agent-problem";
import { stopContainer } from "./containers/containers";
import { runHook } from "./hooks/run-hook";
import { rememberScript } from "./settle-aftermath";
import { planSnapshot } from "./snapshots/plan-snapshot";
import { type PlannedSnapshot, snapshotName } from "./snapshots/snapshot";
import { type View, withSnapshots } from "./snapshots/with-snapshots";
import type { AllowedBackup } from "./tasks/allow-backup";
import type { TaskContext } from "./tasks/task";

/** What the backup reads through, once everything around it is ready. */
export type Ready = {
  within: (command: readonly string[]) => string[];
  /** Exclude patterns: our own snapshots are nobody's data. */
  leaveOut: string[];
  warnings: number;
  /** Why what was read from a snapshot is not whole, or null. Asked when borg has ended. */
  spoilt: () => Promise<string | null>;
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
  const { views, snapshots } = await takeSnapshots(order, left, context);
  return {
    within: (command) => withSnapshots(views, command),
    leaveOut: snapshots.map(({ root }) => `pp:${root}`),
    warnings,
    async spoilt() {
      for (const { spoilt, top } of snapshots) {
        const why = await spoilt();
        if (why !== null) return `The snapshot of ${top} is not whole: ${why}.`;
      }
      return null;
    },
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

/**
 * One snapshot per file system that holds sources. With `if-possible` a source that can have none is read as it is, and the log says why. All
 * are planned before the first is made: one that is mounted would look like somebody else's file system below a source.
 */
async function takeSnapshots(
  order: BackupOrder,
  left: Aftermath,
  context: TaskContext,
): Promise<{ views: View[]; snapshots: PlannedSnapshot[] }> {
  const wanted = order.snapshot ?? "none";
  if (wanted === "none") return { views: [], snapshots: [] };
  const { oneFileSystem } = order;
  const wish = {
    oneFileSystem,
    lvmSnapshotMib: context.policy.policy.lvmSnapshotMib ?? null,
    mountFolder: context.folder.snapshots,
  };
  const without = (source: string, why: string) => {
    const said = `${source} could not be read from a snapshot: ${why}.`;
    if (wanted === "required") throw new AgentProblem("snapshot-failed", `${said} No archive was made.`);
    context.log("info", `${said} It is read as it is.`);
  };
  const planned: { source: string; snapshot: PlannedSnapshot }[] = [];
  for (const [at, source] of order.sources.entries()) {
    const plan = await planSnapshot(source, snapshotName(order.jobId, at + 1), wish);
    if (plan.possible) planned.push({ source: plan.source, snapshot: plan.snapshot });
    else without(source, plan.why);
  }
  /** By volume: the snapshot, or why it could not be made. */
  const made = new Map<string, PlannedSnapshot | string>();
  const views: View[] = [];
  for (const { source, snapshot } of planned) {
    const taken = made.get(snapshot.volume) ?? (await take(snapshot, left, context));
    made.set(snapshot.volume, taken);
    if (typeof taken === "string") {
      without(source, taken);
      continue;
    }
    views.push({ from: join(taken.root, relative(taken.top, source)), target: source });
    context.log("info", `${source} is read from ${SNAPSHOT_WORDS[taken.record.kind]}.`);
  }
  return { views, snapshots: [...made.values()].filter((one) => typeof one !== "string") };
}

const SNAPSHOT_WORDS = {
  btrfs: "a btrfs snapshot",
  lvm: "a snapshot of its logical volume",
  zfs: "a ZFS snapshot",
} as const;

async function take(
  snapshot: PlannedSnapshot,
  left: Aftermath,
  context: TaskContext,
): Promise<PlannedSnapshot | string> {
  left.snapshots.push(snapshot.record);
  await keepAftermath(context.folder, left);
  return (await snapshot.make()) ?? snapshot;
}

function refuseStopped(context: TaskContext): void {
  if (context.signal.aborted) throw new AgentProblem("cancelled", "Stopped before borg was started.");
}
