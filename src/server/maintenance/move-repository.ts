import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { Hold } from "../jobs/worker-jobs";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { findLivingRepository } from "../repositories/find-living-repository";
import { openPassphrase } from "../repositories/passphrase";
import { copyState } from "../vault/copy-state";
import { offerMove } from "./offer-move";
import { withProgress } from "./with-progress";

/**
 * Asks for a repository to be moved to another storage location of its node, by the location's name. Asking twice answers the job that waits or
 * runs. Refuses not-found, repository-quarantined, and invalid-input: a location that is not there, cannot be used, has no room, or
 * is the one where it lies.
 */
export async function requestMove(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; location: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { heldAt, name, ...ids } = await findLivingRepository(inTx, may, { repositoryId: input.id });
    if (heldAt)
      throw new Refusal("repository-quarantined", { say: sayQuarantined(name, "move it after that.") });
    const { locations } = await offerMove(inTx, may, input);
    const wanted = locations.find((one) => one.name === input.location);
    if (!wanted)
      throw new Refusal("invalid-input", {
        say: "The storage node has no such location. Locations are added in its own configuration.",
      });
    if (wanted.refusal !== null) throw new Refusal("invalid-input", { say: wanted.refusal });
    const { jobId } = await enqueueOnce(
      inTx,
      { kind: "move-repository", ...ids, payload: { location: input.location } },
      { unless: "unfinished" },
    );
    await appendEntry(inTx, {
      action: "repository.move.asked",
      say: `Asked to move repository ${name} to the storage location ${input.location}.`,
      ...ids,
      detail: { jobId, location: input.location },
    });
    return { jobId };
  });
}

/** Has the keeper move it, and takes over where it lies. May run twice: one that is there already is only written down. */
export async function moveRepository(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; location: string; hold: Hold },
): Promise<object> {
  const { clientId, repositoryId, location } = input;
  const passphrase = await openPassphrase(ctx, repositoryId);
  const done = await withProgress(
    keeper,
    input,
    keeper.call("move-repository", { clientId, repositoryId, location, passphrase }),
  );
  await copyState(ctx, keeper, { clientId, repositoryId });
  await appendEntry(ctx, {
    action: "repository.moved",
    say:
      done.from === null
        ? `The repository lies in the storage location ${location}.`
        : `Moved the repository from ${done.from} to ${location}: ${done.segments} data files were read back and are the same.`,
    ...{ clientId, repositoryId },
    detail: done,
  });
  return done;
}
