import { randomBytes } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import type { VaultState } from "~/keeper/contract/vault";
import type { Ctx } from "~/server/context";
import { repositories } from "~/server/db/schema/repositories";
import { archiveLedger, gateSessions, keyEscrows, vaultStates } from "~/server/db/schema/vault";
import { sealSecret } from "~/server/secrets/seal-secret";
import "./app-key";
import type { SeededPlan } from "./screens-history";

const DAY_MS = 86_400_000;
const RULES = { trashDays: 7, keepOldSealDays: 7, floorNewest: 3, floorWeeklyDays: 90 };

/** A repository that is sealed with all its archives and where nothing has happened since. */
export async function stateOf(ctx: Ctx, plan: SeededPlan): Promise<VaultState> {
  const rows = await ctx.db
    .select({ at: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(eq(archiveLedger.repositoryId, plan.repositoryId))
    .orderBy(desc(archiveLedger.observedAt));
  const [session] = await ctx.db
    .select({ transaction: gateSessions.transactionAfter })
    .from(gateSessions)
    .where(eq(gateSessions.repositoryId, plan.repositoryId))
    .orderBy(desc(gateSessions.transactionAfter))
    .limit(1);
  const transaction = session?.transaction ?? 0;
  const sealedAt = new Date((rows[0]?.at ?? ctx.now).getTime() + 9_000).toISOString();
  return {
    auditedAt: sealedAt,
    auditedTransaction: transaction,
    unaudited: 0,
    sealKind: "hard-links",
    seals: [
      {
        transaction,
        sealedAt,
        archives: rows.length,
        segments: 2_417,
        extraBytes: 0,
        releasedAfter: null,
      },
    ],
    hold: null,
    trashed: 0,
    rules: RULES,
    rulesPending: null,
    ledgerRevision: rows.length,
    compactionBlockedBy: [],
  };
}

/** Stores what the keeper would have told, and whether the repository is held. */
export async function seedState(ctx: Ctx, plan: SeededPlan, state: VaultState): Promise<void> {
  const heldAt = state.hold ? new Date(state.hold.since) : null;
  const { repositoryId } = plan;
  await ctx.db.insert(vaultStates).values({ repositoryId, state, heldAt, updatedAt: ctx.now });
  await ctx.db.update(repositories).set({ heldAt }).where(eq(repositories.id, repositoryId));
  await ctx.db.insert(keyEscrows).values({
    repositoryId,
    keySealed: sealSecret("{}", { table: "key_escrows", column: "key_sealed", rowId: repositoryId }),
    configSha256: randomBytes(32).toString("hex"),
    escrowedAt: new Date(ctx.now.getTime() - 40 * DAY_MS),
  });
}
