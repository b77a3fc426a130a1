import { clientId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { createRepository, type NewRepository } from "../repositories/create-repository";
import { markCreating } from "../repositories/mark-repository";

/** Makes a repository for a client: its row and the job with which the keeper makes it, both or none. */
export async function openRepository(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: NewRepository,
): Promise<{ id: string; jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { id } = await createRepository(inTx, may, input);
    const { jobId } = await queueCreation(inTx, may, id);
    return { id, jobId };
  });
}

/** Tries once more to make a repository that failed; with the same passphrase, so a half-made one is taken up. Refuses in other states. */
export async function retryRepository(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    if (!(await markCreating(inTx, { repositoryId: input.id }))) {
      throw new Refusal("repository-in-use", {
        say: "This repository did not fail; there is nothing to retry.",
      });
    }
    const queued = await queueCreation(inTx, may, input.id);
    await appendEntry(inTx, {
      action: "repository.retried",
      say: "Asked to make a repository once more that could not be made.",
      ...{ clientId: may.clientId, repositoryId: input.id },
      detail: queued,
    });
    return queued;
  });
}

async function queueCreation(ctx: Ctx, may: Authorized<"manage-repositories">, repositoryId: string) {
  const { jobId } = await enqueueJob(ctx, {
    kind: "create-repository",
    clientId: clientId.parse(may.clientId),
    repositoryId,
    payload: {},
  });
  return { jobId };
}
