import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import { markArchives } from "~/domain/retention";
import { sayKeepRules } from "~/domain/retention-words";
import type { VaultState } from "~/keeper/contract/vault";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { vaultStates } from "../db/schema/vault";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { copyLedger, type RepositoryIds } from "../vault/copy-ledger";
import { copyState } from "../vault/copy-state";
import { readRetentionHold } from "./anomaly/retention-hold";
import { readFloor } from "./read-floor";
import { readRetained } from "./read-retained";
import { countArchives, putIntoTrash, type TrashOutcome } from "./trash-archives";

/** The wall clock of retention until plans have a zone of their own. */
export const RETENTION_ZONE = "UTC";

export interface PruneOutcome extends TrashOutcome {
  /** Living archives of the plan that were judged. */
  considered: number;
  /** Why nothing was judged, for the person; absent: it was. */
  held?: string;
}

/**
 * Puts into the trash what a plan's rules do not keep, judged anew on the keeper's ledger of this moment. A plan without rules, or
 * one that is removed, loses nothing. While a suspicious backup holds retention it does nothing and says why. May run twice.
 *
 * Refuses `repository-quarantined` while the repository is held or an incident is open. While a session has not been audited yet it is
 * the keeper's passing problem (`session-open`): the job waits for the next audit, it does not decide on a list that nobody has held
 * against the ledger.
 */
export async function prunePlan(
  ctx: Ctx,
  keeper: Keeper,
  input: RepositoryIds & { planId: string },
): Promise<PruneOutcome> {
  const ids: RepositoryIds = { clientId: input.clientId, repositoryId: input.repositoryId };
  const nothing: PruneOutcome = { considered: 0, trashed: [], kept: [] };
  const [plan] = await ctx.db
    .select({ name: plans.name, keep: plans.keep })
    .from(plans)
    .where(and(eq(plans.id, input.planId), eq(plans.clientId, input.clientId), isNull(plans.removedAt)));
  if (!plan?.keep) return nothing;
  const rules = plan.keep;
  demandAudited(await copyState(ctx, keeper, ids));
  await demandNotHeld(ctx, ids);
  await copyLedger(ctx, keeper, ids);
  const suspicion = await readRetentionHold(ctx, ids.repositoryId);
  if (suspicion) return { ...nothing, held: suspicion.say };

  const archives = await readRetained(ctx, input);
  const floor = await readFloor(ctx, input.repositoryId);
  const marks = markArchives(archives, rules, { now: ctx.now, zone: RETENTION_ZONE, floor });
  const going = new Set(marks.filter((mark) => !mark.keep).map((mark) => mark.id));
  // Oldest first: if it is stopped in the middle, what is left is nearer to what was asked for.
  const oldestFirst = archives.filter((archive) => going.has(archive.id)).toReversed();
  const outcome = await putIntoTrash(ctx, keeper, ids, oldestFirst, {
    action: "archives.prune",
    sayOf: (count) =>
      `Retention of plan ${plan.name} (keep ${sayKeepRules(rules)}) moved ${countArchives(count)} to the trash.`,
    detail: { planId: input.planId, keep: rules, floor, considered: archives.length },
  });
  return { considered: archives.length, ...outcome };
}

function demandAudited(state: VaultState): void {
  if (state.hold !== null) throw held();
  if (state.unaudited > 0) {
    throw new KeeperProblem(
      "session-open",
      "A session has not been audited yet. Retention waits for the audit.",
    );
  }
}

/** An open incident holds it too, also when the keeper does not. */
async function demandNotHeld(ctx: Ctx, ids: RepositoryIds): Promise<void> {
  const [state] = await ctx.db
    .select({ heldAt: vaultStates.heldAt })
    .from(vaultStates)
    .where(eq(vaultStates.repositoryId, ids.repositoryId));
  if (state?.heldAt) throw held();
}

function held(): Refusal {
  return new Refusal("repository-quarantined", {
    say: "The repository is held for review. Nothing is removed from it before a person has decided.",
  });
}
