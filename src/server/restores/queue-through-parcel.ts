import { randomBytes } from "node:crypto";
import { clientId } from "~/domain/id";
import type { JobPayloadOf } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import type { clients } from "../db/schema/clients";
import { parcels } from "../db/schema/restores";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { sealSecret } from "../secrets/seal-secret";
import type { ArchiveAndClient } from "./archive-and-client";
import { parcelPlace } from "./parcel-passphrase";

type Client = typeof clients.$inferSelect;

/** Hours after which a restore whose parcel nobody makes begins all the same, and fails with the reason. */
const WAITS_HOURS = 26;

/**
 * Queues a restore by another machine than the one that made the archives: the worker has what was selected put into a parcel, the restore waits
 * for that, and when it has ended the parcel is removed; three jobs of one run, of which the restore is the one to look at. Journaled for
 * both clients. In the caller's transaction. Refuses invalid-input for clients on two storage nodes.
 */
export async function queueThroughParcel(
  ctx: Ctx,
  { archive, client: from }: ArchiveAndClient,
  to: Client,
  payload: JobPayloadOf<"restore">,
  told: { say: string; detail: Record<string, unknown> },
): Promise<{ jobId: string; runId: string }> {
  if (from.storageNodeId !== to.storageNodeId) {
    throw new Refusal("invalid-input", {
      say: `The archives of ${from.name} lie on another storage node than the one that ${to.name} reaches. Restore to ${from.name}, or download the files.`,
    });
  }
  const parcelId = newId();
  const { repositoryId } = archive;
  const { jobId, runId } = await enqueueJob(ctx, {
    ...{ kind: "restore", clientId: to.id, repositoryId },
    payload: { ...payload, parcel: { id: parcelId, fromClientId: clientId.parse(from.id) } },
    notBefore: new Date(ctx.now.getTime() + WAITS_HOURS * 3_600_000),
    problem: {
      code: "repository-not-ready",
      say: `Waits until what was selected is packed for ${to.name}: it gets a copy of that and nothing else.`,
    },
  });
  const passphrase = randomBytes(32).toString("base64url");
  await ctx.db.insert(parcels).values({
    ...{ id: parcelId, jobId, createdAt: ctx.now },
    passphraseSealed: sealSecret(passphrase, parcelPlace(parcelId)),
  });
  await enqueueJob(ctx, {
    ...{ kind: "make-parcel", clientId: from.id, repositoryId, runId },
    payload: { parcelId, restoreJobId: jobId },
  });
  for (const id of [from.id, to.id]) {
    await appendEntry(ctx, {
      action: "restore.started",
      say: told.say,
      ...{ clientId: id, repositoryId },
      detail: { jobId, archiveId: archive.id, fromClientId: from.id, toClientId: to.id, ...told.detail },
    });
  }
  return { jobId, runId };
}
