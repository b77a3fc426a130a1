import { and, asc, eq, isNull, type SQL } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../../context";
import { archiveScores } from "../../db/schema/archives";
import { archiveLedger } from "../../db/schema/vault";

/** Why nothing of a repository is removed: the oldest suspicious backup that nobody has decided about. */
export interface RetentionHold {
  archiveId: string;
  archiveName: string;
  observedAt: Date;
  /** For the person. */
  say: string;
}

/** A score that holds retention, in a query that joins the ledger. */
const holdsRetention: SQL | undefined = and(
  eq(archiveScores.strength, "strong"),
  isNull(archiveScores.resolvedAt),
  isNull(archiveLedger.removedAt),
);

/** Null: nothing holds it. */
export async function readRetentionHold(ctx: Ctx, repositoryId: string): Promise<RetentionHold | null> {
  const [found] = await ctx.db
    .select({
      archiveId: archiveScores.archiveId,
      archiveName: archiveLedger.name,
      observedAt: archiveScores.observedAt,
    })
    .from(archiveScores)
    .innerJoin(archiveLedger, eq(archiveLedger.id, archiveScores.archiveId))
    .where(and(eq(archiveScores.repositoryId, repositoryId), holdsRetention))
    .orderBy(asc(archiveScores.observedAt), asc(archiveScores.archiveId))
    .limit(1);
  return found ? { ...found, say: sayHeld(found.archiveName) } : null;
}

function sayHeld(archiveName: string): string {
  return `The backup ${archiveName} looks suspicious. Nothing is removed from this repository until a person has looked at it and said that it was meant, or that it is dealt with.`;
}

/** Refuses retention-held while a suspicious backup holds it: before anything of the repository is trashed or deleted for good. */
export async function demandNoSuspicion(ctx: Ctx, repositoryId: string): Promise<void> {
  const hold = await readRetentionHold(ctx, repositoryId);
  if (hold) throw new Refusal("retention-held", { say: hold.say });
}
