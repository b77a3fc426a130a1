import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { type KeepRules, markArchives } from "~/domain/retention";
import { sayKeepReason } from "~/domain/retention-words";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { planMissing } from "../plans/get-plan";
import { RETENTION_ZONE } from "./prune-plan";
import { readFloor } from "./read-floor";
import { readRetained } from "./read-retained";

export interface PreviewedMark {
  archiveId: string;
  name: string;
  observedAt: Date;
  keep: boolean;
  /** In words, never empty. */
  reasons: string[];
}

/**
 * What rules would do to a plan's archives of this moment, newest first: the same judgement as pruning, on our copy of the ledger, and
 * nothing is changed. `keep` null: everything stays. Refuses not-found.
 */
export async function previewKeep(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { planId: string; keep: KeepRules | null },
): Promise<{ marks: PreviewedMark[] }> {
  const [plan] = await ctx.db
    .select({ repositoryId: plans.repositoryId })
    .from(plans)
    .where(and(eq(plans.id, input.planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)));
  if (!plan) throw planMissing();
  const { repositoryId } = plan;
  const archives = await readRetained(ctx, { planId: input.planId, repositoryId });
  const { keep } = input;
  if (keep === null) {
    const reasons = ["no rules: everything is kept"];
    return { marks: archives.map((archive) => shown(archive, true, reasons)) };
  }
  const floor = await readFloor(ctx, repositoryId);
  const marks = markArchives(archives, keep, { now: ctx.now, zone: RETENTION_ZONE, floor });
  const byId = new Map(archives.map((archive) => [archive.id, archive]));
  return {
    marks: marks.flatMap((mark) => {
      const archive = byId.get(mark.id);
      const reasons = mark.reasons.map((reason) => sayKeepReason(reason, keep, floor));
      return archive ? [shown(archive, mark.keep, reasons)] : [];
    }),
  };
}

function shown(
  archive: { id: string; name: string; observedAt: Date },
  keep: boolean,
  reasons: string[],
): PreviewedMark {
  return { archiveId: archive.id, name: archive.name, observedAt: archive.observedAt, keep, reasons };
}
