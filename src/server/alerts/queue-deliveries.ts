import { and, asc, eq, inArray, notInArray, sql } from "drizzle-orm";
import { type AlertSeverity, type DeliveryEvent, FLAP_MINUTES, isAtLeast } from "~/domain/alert";
import { mailAdmins } from "../access/mail-admins";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { alertChannels, alertDeliveries, type alerts } from "../db/schema/alerts";
import { messageOf } from "./message-of";
import { readPushBrowsers, visibleAlerts } from "./push-people";

type Alert = typeof alerts.$inferSelect;

/** What `announce` calls the queue of deliveries: by it a worker wakes at once. */
export const DELIVERY_QUEUE = "alert-deliveries";

/** An incident writes to the admins itself, at once and with more to say. */
export const MAILED_ELSEWHERE = "repository-quarantined";

/**
 * Leaves word of alerts for the worker, in the caller's transaction. `opened` goes to the channels that ask for such gravity, `escalated` to
 * all of them, `resolved` to those that were told of it, and only after the time in which a flapping thing may come back. A channel is never
 * told by itself that it fails; a person's own browser is told only of what that person may see. Where no channel is set up, the admins get a
 * mail of what is serious or critical.
 */
export async function queueAlertDeliveries(
  ctx: Ctx,
  event: Extract<DeliveryEvent, "opened" | "escalated" | "resolved">,
  about: readonly Alert[],
): Promise<void> {
  if (about.length === 0) return;
  if (event === "resolved") return queueResolved(ctx, about);
  await queueForBrowsers(ctx, event, about);
  const channels = await readAlertChannels(ctx);
  if (channels.length === 0) return mailWithoutChannels(ctx, event, about);
  const wanted = about.flatMap((alert) =>
    channels
      .filter((channel) => !alert.key.endsWith(channel.id))
      .filter((channel) => event === "escalated" || isAtLeast(alert.severity, channel.minSeverity))
      .map((channel) => ({ channelId: channel.id, alertId: alert.id })),
  );
  await insertDeliveries(ctx, event, wanted, ctx.now);
}

/** One statement for each person who has a browser that is told: what they may see is theirs alone to say. */
async function queueForBrowsers(
  ctx: Ctx,
  event: "opened" | "escalated",
  about: readonly Alert[],
): Promise<void> {
  const visibleByPerson = new Map<string, Promise<Set<string>>>();
  const ids = about.map((alert) => alert.id);
  const wanted: { channelId: string; alertId: string }[] = [];
  for (const { channelId, minSeverity, actor } of await readPushBrowsers(ctx)) {
    const visible = visibleByPerson.get(actor.userId) ?? visibleAlerts(ctx, actor, ids);
    visibleByPerson.set(actor.userId, visible);
    for (const { id, severity } of about)
      if ((event === "escalated" || isAtLeast(severity, minSeverity)) && (await visible).has(id))
        wanted.push({ channelId, alertId: id });
  }
  await insertDeliveries(ctx, event, wanted, ctx.now);
}

/** Adds deliveries that are due at `notBefore`. */
export async function insertDeliveries(
  ctx: Pick<Ctx, "db" | "now">,
  event: DeliveryEvent,
  wanted: readonly { channelId: string; alertId: string | null }[],
  notBefore: Date,
): Promise<string[]> {
  if (wanted.length === 0) return [];
  const rows = wanted.map((one) => ({
    ...{ id: newId(), ...one, event, state: "waiting" as const, notBefore, createdAt: ctx.now },
  }));
  await ctx.db.insert(alertDeliveries).values(rows);
  await announce(ctx.db, { entity: "system", id: DELIVERY_QUEUE, clientId: null });
  return rows.map((row) => row.id);
}

/** A thing that was wrong again before its good news went out: there is none. */
export async function withdrawGoodNews(ctx: Ctx, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return;
  await ctx.db
    .delete(alertDeliveries)
    .where(
      and(
        inArray(alertDeliveries.alertId, [...alertIds]),
        eq(alertDeliveries.event, "resolved"),
        eq(alertDeliveries.state, "waiting"),
      ),
    );
}

async function queueResolved(ctx: Ctx, about: readonly Alert[]): Promise<void> {
  const told = await ctx.db
    .selectDistinct({ channelId: alertDeliveries.channelId, alertId: alertDeliveries.alertId })
    .from(alertDeliveries)
    .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .where(
      and(
        inArray(
          alertDeliveries.alertId,
          about.map((alert) => alert.id),
        ),
        inArray(alertDeliveries.event, ["opened", "escalated"]),
        eq(alertDeliveries.state, "sent"),
        eq(alertChannels.enabled, true),
      ),
    );
  // What could not be told yet need not be told any more.
  await ctx.db
    .update(alertDeliveries)
    .set({
      state: "given-up",
      endedAt: ctx.now,
      problem: sql`coalesce(${alertDeliveries.problem}, 'It was right again before.')`,
    })
    .where(
      and(
        inArray(
          alertDeliveries.alertId,
          about.map((alert) => alert.id),
        ),
        eq(alertDeliveries.state, "waiting"),
      ),
    );
  await insertDeliveries(ctx, "resolved", told, new Date(ctx.now.getTime() + FLAP_MINUTES * 60_000));
}

function readAlertChannels(ctx: Ctx): Promise<{ id: string; minSeverity: AlertSeverity }[]> {
  return ctx.db
    .select({ id: alertChannels.id, minSeverity: alertChannels.minSeverity })
    .from(alertChannels)
    .where(and(eq(alertChannels.enabled, true), notInArray(alertChannels.kind, ["ping", "push"])))
    .orderBy(asc(alertChannels.createdAt), alertChannels.id)
    .limit(100);
}

async function mailWithoutChannels(
  ctx: Ctx,
  event: "opened" | "escalated",
  about: readonly Alert[],
): Promise<void> {
  const loud = about.filter(
    (alert) => isAtLeast(alert.severity, "serious") && alert.kind !== MAILED_ELSEWHERE,
  );
  for (const alert of loud.slice(0, MOST_MAILS)) {
    const { subject, text } = messageOf(event, alert, ctx.now);
    await mailAdmins(ctx, { subject, text });
  }
}

/** Of one look: when half of a fleet fails at once, the first ones say enough. */
const MOST_MAILS = 10;
