import { archiveId } from "~/domain/id";
import type { JobPayloadOf } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import type { ArchiveAndClient } from "./archive-and-client";

/** Queues the restore of an archive by the machine that made it, and journals who asked for it; in the caller's transaction. */
export async function queueRestore(
  ctx: Ctx,
  { archive, client }: ArchiveAndClient,
  asked: Omit<JobPayloadOf<"restore">, "archiveId" | "archiveName" | "borgId">,
  told: { say: string; detail: Record<string, unknown> },
): Promise<{ jobId: string }> {
  const { jobId } = await enqueueJob(ctx, {
    kind: "restore",
    clientId: client.id,
    repositoryId: archive.repositoryId,
    planId: archive.planId,
    payload: { ...archiveOf({ archive }), ...asked },
  });
  await appendEntry(ctx, {
    action: "restore.started",
    say: told.say,
    ...{ clientId: client.id, repositoryId: archive.repositoryId },
    detail: { jobId, archiveId: archive.id, ...told.detail },
  });
  return { jobId };
}

/** An archive as a job names it. */
export function archiveOf({ archive }: Pick<ArchiveAndClient, "archive">) {
  return { archiveId: archiveId.parse(archive.id), archiveName: archive.name, borgId: archive.borgId };
}
