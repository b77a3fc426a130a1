import { and, eq, gt, isNotNull, isNull, lte, notExists, or, sql } from "drizzle-orm";
import { maintenanceWindow } from "~/domain/maintenance-window";
import type { Setting } from "~/domain/settings";
import type { VaultState } from "~/keeper/contract/vault";
import { readRetentionHold } from "../archives/anomaly/retention-hold";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { archiveLedger, vaultStates } from "../db/schema/vault";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { Keeper } from "../keeper-port";
import { queueDueDrills } from "../restores/drills/queue-due-drills";
import { readSetting } from "../settings/read-setting";
import { copyState } from "../vault/copy-state";
import { queueChecks } from "./queue-checks";

/** What is due each day or each few days may come so much earlier, or it would come later and later. */
const EARLIER_HOURS = 4;
/** One that did not succeed (the client had connected meanwhile) is tried again by itself after this. */
const TRY_AGAIN_AFTER_HOURS = 2;
const AT_ONCE = 200;

/**
 * Within the maintenance windows queues compactions for repositories whose trash is due and where nothing stands in the way, and each
 * day's share of re-reading, and drills of plans; at any time the release of seals whose time is over, and the deletion of removed repositories. The copied state only says where to look; the keeper is asked before anything is queued, and decides again when it is done. May run
 * twice. Returns how many it queued.
 */
export async function maintainWhenDue(ctx: Ctx, keeper: Keeper): Promise<{ queued: number }> {
  const setting = await readSetting(ctx, "maintenance");
  const { open, secondsLeft } = maintenanceWindow(setting, ctx.now);
  let queued = 0;
  if (open) {
    queued += await queueCompactions(ctx, keeper, setting);
    queued += await queueDueDrills(ctx);
    if (setting.rollingChecks) queued += await queueChecks(ctx, setting, secondsLeft);
  }
  for (const ids of await deletionIsDue(ctx)) {
    await enqueueOnce(ctx, { kind: "delete-repository", ...ids, payload: {} }, { unless: "unfinished" });
    queued++;
  }
  for (const { clientId, repositoryId, state } of await withOldSeals(ctx)) {
    if (!allOldSealsAreDue(state, ctx.now)) continue;
    await enqueueOnce(
      ctx,
      { kind: "release-old-seals", clientId, repositoryId, payload: {} },
      { unless: "unfinished" },
    );
    queued++;
  }
  return { queued };
}

async function queueCompactions(ctx: Ctx, keeper: Keeper, setting: Setting<"maintenance">): Promise<number> {
  let queued = 0;
  for (const { clientId, repositoryId } of await trashIsDue(ctx, setting)) {
    if (await readRetentionHold(ctx, repositoryId)) continue;
    const state = await copyState(ctx, keeper, { clientId, repositoryId });
    if (state.hold !== null || state.compactionBlockedBy.length > 0) continue;
    await enqueueOnce(
      ctx,
      { kind: "compact", clientId, repositoryId, payload: {} },
      { unless: "unfinished" },
    );
    queued++;
  }
  return queued;
}

/** Removed repositories whose grace period is over, not tried lately. */
async function deletionIsDue(ctx: Ctx) {
  const lately = new Date(ctx.now.getTime() - TRY_AGAIN_AFTER_HOURS * 3_600_000);
  const tried = ctx.db
    .select({ one: sql`1` })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositories.id),
        eq(jobs.kind, "delete-repository"),
        or(isNull(jobs.endedAt), gt(jobs.endedAt, lately)),
      ),
    );
  return ctx.db
    .select({ clientId: repositories.clientId, repositoryId: repositories.id })
    .from(repositories)
    .where(and(isNotNull(repositories.removedAt), lte(repositories.deleteAfter, ctx.now), notExists(tried)))
    .orderBy(repositories.id)
    .limit(AT_ONCE);
}

/** Repositories with an archive whose time in the trash is over by the rules as copied, none compacted lately. */
async function trashIsDue(ctx: Ctx, { compactEveryDays }: Setting<"maintenance">) {
  const now = ctx.now.toISOString();
  const hoursAgo = (hours: number) => new Date(ctx.now.getTime() - hours * 3_600_000);
  const compacted = ctx.db
    .select({ one: sql`1` })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositories.id),
        eq(jobs.kind, "compact"),
        or(
          isNull(jobs.endedAt),
          and(eq(jobs.state, "succeeded"), gt(jobs.endedAt, hoursAgo(compactEveryDays * 24 - EARLIER_HOURS))),
          gt(jobs.endedAt, hoursAgo(TRY_AGAIN_AFTER_HOURS)),
        ),
      ),
    );
  return ctx.db
    .selectDistinct({ clientId: repositories.clientId, repositoryId: repositories.id })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .innerJoin(vaultStates, eq(vaultStates.repositoryId, repositories.id))
    .where(
      and(
        isNotNull(archiveLedger.trashedAt),
        isNull(archiveLedger.removedAt),
        isNull(repositories.heldAt),
        isNull(repositories.removedAt),
        lte(
          sql`${archiveLedger.trashedAt} + make_interval(days => (${vaultStates.state} -> 'rules' ->> 'trashDays')::int)`,
          sql`${now}::timestamptz`,
        ),
        notExists(compacted),
      ),
    )
    .orderBy(repositories.id)
    .limit(AT_ONCE);
}

async function withOldSeals(ctx: Ctx) {
  return ctx.db
    .select({ clientId: repositories.clientId, repositoryId: repositories.id, state: vaultStates.state })
    .from(vaultStates)
    .innerJoin(repositories, eq(repositories.id, vaultStates.repositoryId))
    .where(
      and(
        isNull(repositories.heldAt),
        isNull(repositories.removedAt),
        sql`jsonb_array_length(${vaultStates.state} -> 'seals') > 1`,
      ),
    )
    .orderBy(repositories.id)
    .limit(AT_ONCE);
}

/** The keeper releases all old seals at once, so one that is not due keeps the others. */
function allOldSealsAreDue(state: VaultState, now: Date): boolean {
  const old = state.seals.flatMap((seal) => (seal.releasedAfter === null ? [] : [seal.releasedAfter]));
  return old.length > 0 && old.every((at) => new Date(at) <= now);
}
