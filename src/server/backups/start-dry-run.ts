import { and, eq, isNull } from "drizzle-orm";
import type { JobPayloadOf } from "~/domain/job-payload";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { appendEntry } from "../journal/append-entry";
import { planMissing } from "../plans/get-plan";
import { startLook } from "./start-look";

export type DryRunSettings = JobPayloadOf<"dry-run">;

/** Asks a machine what a plan would back up now. Refuses as `startLook` does, and not-found. */
export async function startDryRun(
  ctx: Ctx,
  may: Authorized<"browse-live-disk">,
  input: { planId: string },
): Promise<{ jobId: string }> {
  const [plan] = await ctx.db
    .select()
    .from(plans)
    .where(and(eq(plans.id, input.planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)));
  if (!plan) throw planMissing();
  const { excludeIfPresent, keepExcludeTags } = { ...NO_OPTIONS, ...plan.options };
  const { sources, excludes, oneFileSystem, excludeCaches } = plan;
  const payload = { sources, excludes, oneFileSystem, excludeCaches, excludeIfPresent, keepExcludeTags };
  return startLook(ctx, may, {
    kind: "dry-run",
    payload,
    planId: plan.id,
    note: (inTx, { jobId, clientName }) =>
      appendEntry(inTx, {
        action: "disk.dry-run",
        say: `Asked ${clientName} what the plan ${plan.name} would back up.`,
        clientId: may.clientId,
        detail: { jobId, planId: plan.id, sources, excludes },
      }),
  });
}

/** The same with settings that are being edited: what patterns would leave out. */
export async function testExcludes(
  ctx: Ctx,
  may: Authorized<"browse-live-disk">,
  settings: DryRunSettings,
): Promise<{ jobId: string }> {
  return startLook(ctx, may, {
    kind: "dry-run",
    payload: settings,
    note: (inTx, { jobId, clientName }) =>
      appendEntry(inTx, {
        action: "disk.dry-run",
        say: `Asked ${clientName} what patterns would leave out.`,
        clientId: may.clientId,
        detail: { jobId, sources: settings.sources, excludes: settings.excludes },
      }),
  });
}
