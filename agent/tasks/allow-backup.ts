import type { BackupOrder } from "~/protocol/v1";
import type { Aftermath } from "../aftermath";
import { AgentProblem } from "../agent-problem";
import { labelledContainers, type StoppedContainer } from "../containers/containers";
import { hookCommand } from "../hooks/run-hook";
import { type AllowedSource, allowSources } from "../sources/dump-databases";
import { checkSources } from "./plan-sources";
import type { TaskContext } from "./task";

/** What this machine's policy allows of an order, looked at as a whole before anything is done. */
export type AllowedBackup = {
  databases: AllowedSource[];
  /** Which containers run now and will be stopped. */
  containers: StoppedContainer[];
  /** Empty but for the scripts that have to run afterwards; not on disk yet. */
  aftermath: Aftermath;
};

/** Refuses an order of which the policy forbids any part: half of what was asked for would look like the whole. */
export async function allowBackup(order: BackupOrder, context: TaskContext): Promise<AllowedBackup> {
  const { policy } = context;
  await checkSources(order.sources, context);
  const { before, after } = order.hooks ?? { before: [], after: [] };
  for (const hook of [...before, ...after]) await hookCommand(hook.name, policy);
  const databases = await allowSources(order.databases ?? [], context);
  const snapshot = order.snapshot ?? "none";
  if (snapshot !== "none" && policy.policy.snapshots !== true) {
    throw new AgentProblem(
      "snapshot-failed",
      "The policy of this machine does not allow snapshots. The machine's administrator can change that (snapshots).",
    );
  }
  const label = order.stopContainersLabelled ?? null;
  return {
    databases,
    containers: label === null ? [] : await labelledContainers(label, policy),
    aftermath: {
      jobId: order.jobId,
      planId: order.planId,
      archiveName: order.archiveName,
      hooks: after,
      containers: [],
      snapshots: [],
      copies: [],
      scratch: null,
      process: null,
    },
  };
}
