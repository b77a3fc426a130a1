import { mkdir } from "node:fs/promises";
import type { RestoreOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import type { TaskContext } from "../tasks/task";
import { bootId, keepRestoreRecord, type RestoreRecord, readRestoreRecord } from "./restore-record";

export interface BegunRestore {
  /** The first job of the chain: its stages and its record go by it. */
  id: string;
  record: RestoreRecord;
  /** Whether what is whole may be trusted to be so. */
  resumes: boolean;
}

/**
 * Writes down that a restore begins, or goes on with an earlier one. After the system was started anew nothing of the earlier one counts as
 * whole: what it had written may not have reached the disk. Refuses one that nothing is known of, or that wrote elsewhere.
 */
export async function beginRestore(
  order: Pick<RestoreOrder, "jobId" | "resume">,
  target: string,
  context: TaskContext,
): Promise<BegunRestore> {
  const { folder } = context;
  await mkdir(folder.restores, { recursive: true, mode: 0o700 });
  const boot = await bootId();
  const fresh: RestoreRecord = { bootId: boot, target, partsDone: 0, placing: false };
  if (order.resume === undefined) {
    await keepRestoreRecord(folder, order.jobId, fresh);
    return { id: order.jobId, record: fresh, resumes: false };
  }
  const record = await readRestoreRecord(folder, order.resume);
  if (record === null || record.target !== target) {
    throw new AgentProblem(
      "agent-fault",
      record === null
        ? "This machine has no record of the restore that shall go on: it is done, or too old. Start it again."
        : `The restore that shall go on wrote to ${record.target}, and not to ${target}. Start it again.`,
    );
  }
  // Before it is put in place everything is synced, so that outlives a start of the system.
  const trusted = record.placing || (boot !== null && record.bootId === boot);
  if (trusted) return { id: order.resume, record, resumes: true };
  context.log(
    "warning",
    "The system was started anew since: nothing of the earlier job counts as whole, and everything is written again.",
  );
  await keepRestoreRecord(folder, order.resume, fresh);
  return { id: order.resume, record: fresh, resumes: false };
}
