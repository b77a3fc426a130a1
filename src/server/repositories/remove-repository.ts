import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { repositories } from "../db/schema/repositories";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { repositoryMissing } from "./find-repository-owner";

const DAY_MS = 86_400_000;

/**
 * Takes a repository out of the console; after `graceDays` it is deleted for good, until then it can be brought back. Nothing on the disk is
 * touched here. Refuses not-found, and invalid-input unless the name was typed as it is.
 */
export async function removeRepository(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; typedName: string; graceDays: number },
): Promise<{ name: string; deleteAfter: Date }> {
  const living = and(
    eq(repositories.id, input.id),
    eq(repositories.clientId, may.clientId),
    isNull(repositories.removedAt),
  );
  const [found] = await ctx.db
    .select({ name: repositories.name })
    .from(repositories)
    .where(living)
    // Not "update": that waits for whoever refers to the row, who may wait for the lock that our caller has.
    .for("no key update");
  if (!found) throw repositoryMissing();
  if (found.name !== input.typedName)
    throw new Refusal("invalid-input", {
      say: `Type the name ${found.name} exactly to delete this repository.`,
    });
  const deleteAfter = new Date(ctx.now.getTime() + input.graceDays * DAY_MS);
  await ctx.db.update(repositories).set({ removedAt: ctx.now, deleteAfter }).where(living);
  await announce(ctx.db, { entity: "repository", id: input.id, clientId: may.clientId });
  await appendEntry(ctx, {
    action: "repository.removed",
    say: `Removed the repository ${found.name}. It is deleted for good after ${deleteAfter.toISOString().slice(0, 10)}.`,
    ...{ clientId: may.clientId, repositoryId: input.id },
    detail: { before: { name: found.name }, after: null, deleteAfter: deleteAfter.toISOString() },
  });
  return { name: found.name, deleteAfter };
}

/** Brings a removed repository back. Refuses not-found, invalid-input (not removed, or its time is over), name-taken. */
export async function bringRepositoryBack(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string },
): Promise<void> {
  const removed = and(eq(repositories.id, input.id), eq(repositories.clientId, may.clientId));
  const [found] = await ctx.db
    .select({ name: repositories.name, deleteAfter: repositories.deleteAfter })
    .from(repositories)
    .where(removed)
    .for("no key update");
  if (!found) throw repositoryMissing();
  if (found.deleteAfter === null || found.deleteAfter <= ctx.now)
    throw new Refusal("invalid-input", {
      say: `${found.name} is not going to be deleted, or the time to bring it back is over.`,
    });
  try {
    await ctx.db.update(repositories).set({ removedAt: null, deleteAfter: null }).where(removed);
  } catch (error) {
    if (!violates(error, "repositories_living_name")) throw error;
    throw new Refusal("name-taken", {
      say: `The client has another repository named ${found.name} now. Rename that one first.`,
    });
  }
  await announce(ctx.db, { entity: "repository", id: input.id, clientId: may.clientId });
  await appendEntry(ctx, {
    action: "repository.removal-undone",
    say: `Brought the repository ${found.name} back before it was deleted.`,
    ...{ clientId: may.clientId, repositoryId: input.id },
    detail: { before: null, after: { name: found.name } },
  });
}
