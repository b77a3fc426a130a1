import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import type { EndedState } from "~/domain/job";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { jobs } from "~/server/db/schema/jobs";
import { archiveLedger } from "~/server/db/schema/vault";

/** A backup of a plan that was started at `ctx.now` and has ended as told. Written past the rooms: no agent took part. */
export async function endedBackup(
  ctx: Ctx,
  of: { clientId: string; planId: string },
  state: EndedState = "succeeded",
): Promise<{ jobId: string }> {
  const may = await authorize(ctx, "backup", of.clientId);
  const { jobId } = await startBackup(ctx, may, { planId: of.planId });
  await ctx.db.update(jobs).set({ state, startedAt: ctx.now, endedAt: ctx.now }).where(eq(jobs.id, jobId));
  return { jobId };
}

/** An archive in the ledger, observed at `ctx.now`. Written past the vault: no repository was read. */
export async function ledgerArchive(
  ctx: Ctx,
  of: { repositoryId: string; planId?: string; name?: string },
): Promise<{ id: string }> {
  const id = newId();
  await ctx.db.insert(archiveLedger).values({
    id,
    repositoryId: of.repositoryId,
    planId: of.planId ?? null,
    borgId: randomBytes(32).toString("hex"),
    name: of.name ?? `archive-${id}`,
    observedAt: ctx.now,
    claimedStartAt: ctx.now,
  });
  return { id };
}
