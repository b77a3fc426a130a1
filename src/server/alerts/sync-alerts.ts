import { and, asc, desc, gte, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { ALERT_KINDS, type AlertKind, FLAP_MINUTES } from "~/domain/alert";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { alerts } from "../db/schema/alerts";
import { queueAlertDeliveries, withdrawGoodNews } from "./queue-deliveries";

/** Something wrong that a look found. `key` names the wrong thing: the same key is the same alert. */
export interface Finding {
  key: string;
  kind: AlertKind;
  clientId: string | null;
  planId?: string | null;
  repositoryId?: string | null;
  jobId?: string | null;
  /** One line: what is wrong with what. */
  title: string;
  /** What it means and what to do next. */
  say: string;
}

/** What a whole look came to. */
export interface SyncedAlerts {
  opened: number;
  resolved: number;
}

/** Any number: one look at a time writes. */
const LOOK_LOCK = 7_204_121;
/** Found again, an alert's `lastSeenAt` is moved on this often; a row written every minute would tell nobody more. */
const SEEN_EVERY_MS = 10 * 60_000;
const MOST_SINGLE = 20;

type Alert = typeof alerts.$inferSelect;

/**
 * Brings the open alerts of some kinds in line with a whole look at them: what is new is opened and told, what is still wrong stays one
 * alert, what is not found any more is resolved. A thing that comes back within half an hour is the alert that it was, and nobody is told
 * twice. In one transaction; two looks at once write one after the other, so nothing is opened twice.
 */
export async function syncAlerts(
  ctx: Ctx,
  look: { kinds: readonly AlertKind[]; found: readonly Finding[] },
): Promise<SyncedAlerts> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await tx.execute(sql`select pg_advisory_xact_lock(${LOOK_LOCK})`);
    const found = new Map(look.found.map((one) => [one.key, one]));
    const open = await tx
      .select()
      .from(alerts)
      .where(and(isNull(alerts.resolvedAt), inArray(alerts.kind, [...look.kinds])))
      .orderBy(asc(alerts.openedAt));
    const openKeys = new Set(open.map((alert) => alert.key));
    const right = open.filter((alert) => !found.has(alert.key));
    const fresh = [...found.values()].filter((one) => !openKeys.has(one.key));
    const returned = await reopen(inTx, fresh);
    const opened = await insertNew(
      inTx,
      fresh.filter((one) => !returned.some((alert) => alert.key === one.key)),
    );
    const changed = await refresh(inTx, open, found);
    const resolved = await resolve(inTx, right);
    await queueAlertDeliveries(inTx, "opened", opened);
    await queueAlertDeliveries(inTx, "resolved", resolved);
    await tell(inTx, [...returned, ...opened, ...changed, ...resolved]);
    return { opened: opened.length, resolved: resolved.length };
  });
}

async function reopen(ctx: Ctx, fresh: readonly Finding[]): Promise<Alert[]> {
  if (fresh.length === 0) return [];
  const keys = fresh.map((one) => one.key);
  const since = new Date(ctx.now.getTime() - FLAP_MINUTES * 60_000);
  const lately = await ctx.db
    .selectDistinctOn([alerts.key], { id: alerts.id, key: alerts.key })
    .from(alerts)
    .where(and(inArray(alerts.key, keys), isNotNull(alerts.resolvedAt), gte(alerts.resolvedAt, since)))
    .orderBy(alerts.key, desc(alerts.resolvedAt));
  if (lately.length === 0) return [];
  const ids = lately.map((one) => one.id);
  await withdrawGoodNews(ctx, ids);
  return ctx.db
    .update(alerts)
    .set({ resolvedAt: null, lastSeenAt: ctx.now, times: sql`${alerts.times} + 1` })
    .where(inArray(alerts.id, ids))
    .returning();
}

async function insertNew(ctx: Ctx, fresh: readonly Finding[]): Promise<Alert[]> {
  if (fresh.length === 0) return [];
  const rows = fresh.map((one) => ({
    ...{ id: newId(), severity: ALERT_KINDS[one.kind], openedAt: ctx.now, lastSeenAt: ctx.now, ...one },
  }));
  return ctx.db.insert(alerts).values(rows).onConflictDoNothing().returning();
}

/** Another failed job of the same thing counts as once more; words follow what is the matter now. */
async function refresh(ctx: Ctx, open: readonly Alert[], found: Map<string, Finding>): Promise<Alert[]> {
  const changed: Alert[] = [];
  for (const alert of open) {
    const now = found.get(alert.key);
    if (!now) continue;
    const again = (now.jobId ?? null) !== alert.jobId;
    const words = now.say !== alert.say || now.title !== alert.title;
    const stale = ctx.now.getTime() - alert.lastSeenAt.getTime() >= SEEN_EVERY_MS;
    if (!again && !words && !stale) continue;
    await ctx.db
      .update(alerts)
      .set({
        ...{ title: now.title, say: now.say, jobId: now.jobId ?? null, lastSeenAt: ctx.now },
        ...(again ? { times: sql`${alerts.times} + 1` } : {}),
      })
      .where(sql`${alerts.id} = ${alert.id}`);
    if (again || words) changed.push(alert);
  }
  return changed;
}

async function resolve(ctx: Ctx, right: readonly Alert[]): Promise<Alert[]> {
  if (right.length === 0) return [];
  const ids = right.map((alert) => alert.id);
  return ctx.db.update(alerts).set({ resolvedAt: ctx.now }).where(inArray(alerts.id, ids)).returning();
}

async function tell(ctx: Ctx, changed: readonly Alert[]): Promise<void> {
  if (changed.length > MOST_SINGLE) {
    await announce(ctx.db, { entity: "alert", id: "*", clientId: null });
    return;
  }
  for (const { id, clientId } of changed) await announce(ctx.db, { entity: "alert", id, clientId });
}
