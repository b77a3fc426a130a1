import { randomBytes } from "node:crypto";
import { jobPayloads } from "~/domain/job-payload";
import type { PlanDrill } from "~/domain/plan-options";
import type { SampleOrder } from "~/protocol/sample";
import type { BackupOrder } from "~/protocol/v1";
import type { Ctx } from "../context";
import type { HandedOut } from "../jobs/hand-out-jobs";
import { openRepositoryAccess } from "../repositories/open-repository-access";
import { backupExtras } from "./backup-extras";

/**
 * What the agent is told to do for a backup. The passphrase is opened here and stands nowhere else: not in the job, not in a log.
 * Refuses storage-unavailable while no host key of the storage node is known, agent-too-old.
 */
export async function backupOrder(ctx: Ctx, job: HandedOut): Promise<BackupOrder> {
  const payload = jobPayloads.backup.parse(job.payload);
  return {
    kind: "backup",
    jobId: job.id,
    lease: job.lease,
    repository: await openRepositoryAccess(ctx, job),
    planId: payload.planId,
    archiveName: payload.archiveName,
    sources: payload.sources,
    excludes: payload.excludes,
    compression: payload.compression,
    oneFileSystem: payload.oneFileSystem,
    excludeCaches: payload.excludeCaches,
    ...(await backupExtras(ctx, job, payload.options)),
    sample: sampleOrder(payload.options.drill),
  };
}

/** Files that are hashed beside every backup, so that a drill can be asked for later. */
const USUAL_SAMPLE = 16;

function sampleOrder(drill: PlanDrill | null): SampleOrder {
  return {
    seed: randomBytes(16).toString("hex"),
    files: drill?.scope === "random" ? Math.max(drill.files, USUAL_SAMPLE) : USUAL_SAMPLE,
    canaries: drill?.canaries ?? [],
  };
}
