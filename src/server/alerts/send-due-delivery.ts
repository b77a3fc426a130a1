import { createHmac } from "node:crypto";
import { and, asc, eq, inArray, lt, lte, sql } from "drizzle-orm";
import { channelSettings } from "~/domain/alert";
import { type AlertMessage, channelRequest, type HttpChannelKind } from "~/domain/alert-messages";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { alertChannels, alertDeliveries, alerts } from "../db/schema/alerts";
import { clients } from "../db/schema/clients";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { queueMail } from "../mail/queue-mail";
import { guardedFetch } from "../outgoing/guard";
import { OutgoingProblem } from "../outgoing/outgoing-problem";
import { openChannelSecret } from "./channels";
import { messageOf } from "./message-of";

/** How long one try keeps a delivery from other workers: longer than it may take. */
const LEASE_MS = 60_000;
const TIME_LIMIT_SECONDS = 10;
/** Minutes until the next try; the last one again and again. */
const BACK_OFF_MINUTES = [1, 5, 15, 60];
/** Tries of an alert: about seven hours. */
const MOST_TRIES = 10;
/** Of what is stale within minutes: pings, and the word that the server lives. */
const MOST_PING_TRIES = 3;
const MAIL_VALID_MINUTES = 24 * 60;

export type DeliveryOutcome = "sent" | "put-off" | "given-up" | null;

/**
 * Tries one delivery that is due. It is claimed first, by moving its time behind a lease, so of many workers one has it, and after `kill -9`
 * it is due again: whoever is told is told at least once. The channel's row says what the last try came to. Null: nothing is due.
 */
export async function sendDueDelivery(at: () => Ctx): Promise<DeliveryOutcome> {
  const delivery = await claim(at());
  if (!delivery) return null;
  const [about] = await at()
    .db.select({ channel: alertChannels, alert: alerts, clientName: clients.name })
    .from(alertChannels)
    .leftJoin(alerts, eq(alerts.id, sql`${delivery.alertId}`))
    .leftJoin(clients, eq(clients.id, alerts.clientId))
    .where(eq(alertChannels.id, delivery.channelId));
  if (!about) return "given-up";
  // A fault of ours, over and over: its reason stands in the log.
  if (delivery.attempts > 2 * MOST_TRIES)
    return settle(at(), delivery, { outcome: "given-up", problem: "This server could not send it." });
  if (!about.channel.enabled && delivery.event !== "test")
    return settle(at(), delivery, { outcome: "given-up", problem: "The channel is switched off." });
  const alert = about.alert && { ...about.alert, clientName: about.clientName };
  const problem = await deliver(at(), about.channel, delivery.event, alert);
  return settle(at(), delivery, afterTry(delivery, problem));
}

type Delivery = NonNullable<Awaited<ReturnType<typeof claim>>>;
type Channel = typeof alertChannels.$inferSelect;
interface Problem {
  say: string;
  forGood: boolean;
}

async function claim({ db, now }: Ctx) {
  const next = db
    .select({ id: alertDeliveries.id })
    .from(alertDeliveries)
    .where(and(eq(alertDeliveries.state, "waiting"), lte(alertDeliveries.notBefore, now)))
    .orderBy(asc(alertDeliveries.notBefore), alertDeliveries.id)
    .limit(1)
    .for("update", { skipLocked: true });
  const [delivery] = await db
    .update(alertDeliveries)
    .set({ notBefore: new Date(now.getTime() + LEASE_MS), attempts: sql`${alertDeliveries.attempts} + 1` })
    .where(inArray(alertDeliveries.id, next))
    .returning();
  return delivery;
}

/** Null: it was taken. What is said of a failure names the host at most: the address is a secret. */
async function deliver(
  ctx: Ctx,
  channel: Channel,
  event: Delivery["event"],
  alert: Parameters<typeof messageOf>[1],
): Promise<Problem | null> {
  const { message, subject, text } = messageOf(event, alert, ctx.now);
  const settings = channelSettings.parse(channel.settings);
  if (channel.kind === "push") return { say: "Browsers cannot be told yet.", forGood: true };
  try {
    if (channel.kind !== "mail") return await post(ctx, channel, channel.kind, message);
    if (!(await isMailSetUp(ctx))) return { say: "No mail server is set up.", forGood: false };
    for (const to of settings.to)
      await queueMail(ctx, { to, subject, text, validMinutes: MAIL_VALID_MINUTES });
    return null;
  } catch (error) {
    if (error instanceof OutgoingProblem || error instanceof Refusal)
      return { say: error.say, forGood: false };
    throw error;
  }
}

async function post(
  ctx: Ctx,
  channel: Channel,
  kind: HttpChannelKind,
  message: AlertMessage,
): Promise<Problem | null> {
  const settings = channelSettings.parse(channel.settings);
  const secret = openChannelSecret(channel);
  if (!secret) return { say: "The channel has no address.", forGood: true };
  const request = channelRequest(kind, { secret, settings }, message);
  const signature: Record<string, string> =
    kind === "webhook" && secret.token !== "" && request.body !== null
      ? {
          "x-bbs-signature": `sha256=${createHmac("sha256", secret.token).update(request.body).digest("hex")}`,
        }
      : {};
  const { status } = await guardedFetch(ctx, request.url, {
    ...{ method: request.method, seconds: TIME_LIMIT_SECONDS, mostBytes: 256 * 1024 },
    headers: { "user-agent": "borg-backup-server", ...request.headers, ...signature },
    ...(request.body === null ? {} : { body: request.body }),
  });
  return status >= 200 && status < 300 ? null : refused(settings.host, status);
}

function refused(host: string, status: number): Problem {
  const passes = status >= 500 || [408, 425, 429].includes(status);
  const moved = status >= 300 && status < 400 ? " It redirects: give the address that it leads to." : "";
  return { say: `${host} answered ${status}.${moved}`, forGood: !passes };
}

interface Settled {
  outcome: Exclude<DeliveryOutcome, null>;
  problem: string | null;
  waitMinutes?: number;
}

/** Whoever presses the test button waits for it: it is tried once. */
function afterTry(delivery: Delivery, problem: Problem | null): Settled {
  if (problem === null) return { outcome: "sent", problem: null };
  const { event, attempts } = delivery;
  const isPing = event === "start" || event === "success" || event === "fail" || event === "alive";
  const most = event === "test" ? 1 : isPing ? MOST_PING_TRIES : MOST_TRIES;
  if (problem.forGood || attempts >= most) return { outcome: "given-up", problem: problem.say };
  const waitMinutes = BACK_OFF_MINUTES[Math.min(attempts, BACK_OFF_MINUTES.length) - 1] ?? 60;
  return { outcome: "put-off", problem: problem.say, waitMinutes };
}

/** Only while the claim holds: a worker that slept over its lease changes nothing that another one has taken. */
async function settle(ctx: Ctx, delivery: Delivery, settled: Settled): Promise<Settled["outcome"]> {
  const { outcome, problem, waitMinutes = 0 } = settled;
  const { now } = ctx;
  await ctx.db.transaction(async (tx) => {
    const [mine] = await tx
      .update(alertDeliveries)
      .set({
        problem,
        state: outcome === "put-off" ? "waiting" : outcome,
        notBefore: new Date(now.getTime() + waitMinutes * 60_000),
        endedAt: outcome === "put-off" ? null : now,
      })
      .where(and(eq(alertDeliveries.id, delivery.id), eq(alertDeliveries.attempts, delivery.attempts)))
      .returning({ id: alertDeliveries.id });
    if (!mine) return;
    await tx
      .update(alertChannels)
      .set({ lastProblem: problem, ...(outcome === "sent" ? { lastSentAt: now } : {}) })
      .where(eq(alertChannels.id, delivery.channelId));
  });
  return outcome;
}

const KEEP_DELIVERIES_DAYS = 14;
const KEEP_ALERTS_DAYS = 400;

/** Forgets deliveries after a fortnight and alerts that have been right for more than a year. */
export async function purgeAlerts({ db, now }: Ctx): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  await db.delete(alertDeliveries).where(lt(alertDeliveries.endedAt, before(KEEP_DELIVERIES_DAYS)));
  await db.delete(alerts).where(lt(alerts.resolvedAt, before(KEEP_ALERTS_DAYS)));
}
