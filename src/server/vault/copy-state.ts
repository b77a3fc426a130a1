import { and, eq, isNull } from "drizzle-orm";
import type { VaultState } from "~/keeper/contract/vault";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { vaultIncidents, vaultStates } from "../db/schema/vault";
import type { Keeper } from "../keeper-port";
import { markHeld, recordLocation } from "../repositories/mark-repository";
import type { RepositoryIds } from "./copy-ledger";

/** Copies the keeper's record of a repository for the console, and notes whether it is held. May run twice. */
export async function copyState(ctx: Ctx, keeper: Keeper, ids: RepositoryIds): Promise<VaultState> {
  const state = await keeper.call("vault-state", { clientId: ids.clientId, repositoryId: ids.repositoryId });
  await ctx.db.transaction(async (tx) => {
    await tx
      .insert(vaultStates)
      .values({ repositoryId: ids.repositoryId, state, updatedAt: ctx.now })
      .onConflictDoUpdate({ target: vaultStates.repositoryId, set: { state, updatedAt: ctx.now } });
    await noteHold({ ...ctx, db: tx }, ids, state);
    if (state.location !== undefined)
      await recordLocation({ ...ctx, db: tx }, { repositoryId: ids.repositoryId, location: state.location });
    await announce(tx, { entity: "repository", id: ids.repositoryId, clientId: ids.clientId });
  });
  return state;
}

/**
 * Writes whether a repository is held, in the caller's transaction: by the keeper, or by an incident that nobody has resolved yet,
 * for an incident alone stops everything too.
 */
export async function noteHold(
  ctx: Ctx,
  ids: RepositoryIds,
  state: Pick<VaultState, "hold">,
): Promise<Date | null> {
  const { repositoryId } = ids;
  const [open] = await ctx.db
    .select({ openedAt: vaultIncidents.openedAt })
    .from(vaultIncidents)
    .where(and(eq(vaultIncidents.repositoryId, repositoryId), isNull(vaultIncidents.resolvedAt)));
  const heldAt = state.hold ? new Date(state.hold.since) : (open?.openedAt ?? null);
  await ctx.db.update(vaultStates).set({ heldAt }).where(eq(vaultStates.repositoryId, repositoryId));
  await markHeld(ctx, { repositoryId, heldAt });
  return heldAt;
}
