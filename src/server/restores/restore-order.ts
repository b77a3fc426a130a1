import { jobPayloads } from "~/domain/job-payload";
import type { RestoreOrder } from "~/protocol/v1";
import type { Ctx } from "../context";
import type { HandedOut } from "../jobs/hand-out-jobs";
import { openRepositoryAccess } from "../repositories/open-repository-access";

/** What the agent is told to do for a restore. As with a backup, the passphrase is opened only here. */
export async function restoreOrder(ctx: Ctx, job: HandedOut): Promise<RestoreOrder> {
  const payload = jobPayloads.restore.parse(job.payload);
  const { existing, owners, dryRun, resumes, totals, more } = payload;
  return {
    kind: "restore",
    jobId: job.id,
    lease: job.lease,
    repository: await openRepositoryAccess(ctx, job),
    archive: { borgId: payload.borgId, name: payload.archiveName },
    paths: payload.paths,
    target: payload.target,
    ...(payload.database ? { database: payload.database } : {}),
    ...(more
      ? { more: more.map(({ borgId, archiveName: name, paths }) => ({ archive: { borgId, name }, paths })) }
      : {}),
    ...(existing ? { existing } : {}),
    ...(owners ? { owners } : {}),
    ...(dryRun ? { dryRun } : {}),
    ...(resumes ? { resume: resumes } : {}),
    ...(totals ? { totals } : {}),
  };
}
