import type { DrillScope } from "~/domain/drill";
import { clientId } from "~/domain/id";
import type { JobPayloadOf } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import { authorize } from "../../access/authorize";
import type { Ctx } from "../../context";
import type { archiveLedger } from "../../db/schema/vault";
import { archiveOf } from "../queue-restore";
import { queueThroughParcel } from "../queue-through-parcel";
import { readableArchive, refuseWithoutDrills, restoringClient } from "../restorable-archive";
import type { RestoreParties } from "../start-restore";
import { chooseFiles } from "./choose-files";
import { readSample } from "./drillable";

type Drill = JobPayloadOf<"drill">;

/** The proof that whoever asks may restore from the one machine and onto the other. Refuses not-found, forbidden. */
export async function mayBringOnto(
  ctx: Ctx,
  of: { fromClientId: string; onto: string },
): Promise<RestoreParties> {
  const from = await authorize(ctx, "restore", of.fromClientId);
  return { from, to: await authorize(ctx, "restore", of.onto) };
}

/**
 * Queues the restore of a drill by another machine, by way of a parcel, and journals it for both. Null where the machine's sample holds no file
 * that such a drill reads: then there is nothing to bring. Refuses archive-missing, client-not-enrolled, repository-quarantined, agent-too-old,
 * and invalid-input for the machine's own archives and for two storage nodes.
 */
export async function bringOntoClient(
  ctx: Ctx,
  archive: typeof archiveLedger.$inferSelect,
  asked: { scope: DrillScope; files: number; seed: string },
  may: RestoreParties,
): Promise<{ runId: string; name: string; onto: NonNullable<Drill["onto"]> } | null> {
  if (may.from.clientId === may.to.clientId) {
    throw new Refusal("invalid-input", {
      say: "A drill goes onto another machine than the one that made the archive, or onto the storage node.",
    });
  }
  const found = await readableArchive(ctx, may.from, { archiveId: archive.id });
  const { client } = await restoringClient(ctx, may.to);
  refuseWithoutDrills(client);
  const sample = await readSample(ctx, archive.jobId);
  const files = chooseFiles(sample, asked);
  const everything = asked.scope === "everything";
  if (files.length === 0 && !everything) return null;
  const paths = files.map(({ path }) => path);
  const totals = everything
    ? { files: archive.fileCount, bytes: archive.originalBytes }
    : { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  const { jobId, runId } = await queueThroughParcel(
    ctx,
    found,
    client,
    {
      ...{ ...archiveOf(found), paths: everything ? [] : paths, target: { kind: "restore-folder" } },
      ...(totals.files !== null && totals.bytes !== null
        ? { totals: { files: totals.files, bytes: totals.bytes } }
        : {}),
      drill: { everything, ...(sample && paths.length > 0 ? { sample: { salt: sample.salt, paths } } : {}) },
    },
    {
      say: `A restore drill brings ${everything ? "the whole" : `${paths.length} files`} of the archive ${archive.name} back on ${client.name}, and removes it again.`,
      detail: { scope: asked.scope },
    },
  );
  return { runId, name: client.name, onto: { clientId: clientId.parse(client.id), restoreJobId: jobId } };
}
