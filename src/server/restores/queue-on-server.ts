import type { JobPayloadOf } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import type { ArchiveAndClient } from "./archive-and-client";

/** Queues a restore into a folder of the storage server that only root can enter there, and journals it; in the caller's transaction. */
export async function queueOnServer(
  ctx: Ctx,
  { archive, client }: ArchiveAndClient,
  { say, detail, ...payload }: JobPayloadOf<"restore-on-server"> & { say: string; detail: object },
): Promise<{ jobId: string }> {
  const { repositoryId, planId } = archive;
  const { jobId } = await enqueueJob(ctx, {
    ...{ kind: "restore-on-server", clientId: client.id, repositoryId, planId, payload },
  });
  await appendEntry(ctx, {
    action: "restore.started",
    say: `Asked to restore ${say}`,
    ...{ clientId: client.id, repositoryId },
    detail: { jobId, archiveId: archive.id, target: { kind: "server-folder" }, ...detail },
  });
  return { jobId };
}
