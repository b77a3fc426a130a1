import { createHmac } from "node:crypto";
import { and, asc, eq, inArray, isNotNull, lt, lte, sql } from "drizzle-orm";
import { channelSettings } from "~/domain/alert";
import { type AlertMessage, channelRequest, type HttpChannelKind } from "~/domain/alert-messages";
import { Refusal } from "~/domain/refusal";
import { readAdminAddresses } from "../access/mail-admins";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";
import { alertChannels, alertDeliveries, alerts } from "../db/schema/alerts";
import { clients } from "../db/schema/clients";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { queueMail } from "../mail/queue-mail";
import { guardedFetch } from "../outgoing/guard";
import { OutgoingProblem } from "../outgoing/outgoing-problem";
import { openChannelSecret } from "./channels";
import { type DeliveryProblem, problemOfStatus, RECEIVER_BOUNDS } from "./delivery-problem";
import { messageOf } from "./message-of";
import { forgetBrowser } from "./push-browsers";
import { MAILED_ELSEWHERE } from "./queue-deliveries";
import { type PushOutcome, sendPush } from "./send-push";

/** How long one try keeps a delivery from other workers: longer than it may take. */
const LEASE_MS = 60_000;
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
  if (problem === "gone") {
    await forgetBrowser(at(), about.channel.id);
    return "given-up";
  }
  if (problem === "not-theirs")
    return settle(at(), delivery, {
      ...{ outcome: "given-up", problem: "Its person may not see this alert any more." },
      isOfChannel: false,
    });
  return settle(at(), delivery, afterTry(delivery, problem));
}

type Delivery = NonNullable<Awaited<ReturnType<typeof claim>>>;
type Channel = typeof alertChannels.$inferSelect;

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

/** Null: it was taken. */
async function deliver(
  ctx: Ctx,
  channel: Channel,
  event: Delivery["event"],
  alert: Parameters<typeof messageOf>[1],
): Promise<PushOutcome> {
  const { message, subject, text } = messageOf(event, alert, ctx.now);
  try {
    if (channel.kind === "push") return await sendPush(ctx, channel, message);
    if (channel.kind !== "mail") return await post(ctx, channel, channel.kind, message);
    if (!(await isMailSetUp(ctx))) return { say: "No mail server is set up.", forGood: false };
    const { to: addresses } = channelSettings.parse(channel.settings);
    for (const to of await withoutTold(ctx, addresses, event, alert))
      await queueMail(ctx, { to, subject, text, validMinutes: MAIL_VALID_MINUTES });
    return null;
  } catch (error) {
    if (error instanceof OutgoingProblem || error instanceof Refusal)
      return { say: error.say, forGood: false };
    throw error;
  }
}

/** An incident wrote to the admins itself, at once: where they stand on a channel too, they are not written to again. */
async function withoutTold(
  ctx: Ctx,
  addresses: readonly string[],
  event: Delivery["event"],
  alert: Parameters<typeof messageOf>[1],
): Promise<readonly string[]> {
  if (event !== "opened" || alert?.kind !== MAILED_ELSEWHERE) return addresses;
  const told = (await readAdminAddresses(ctx)).map((address) => address.toLowerCase());
  return addresses.filter((address) => !told.includes(address.toLowerCase()));
}

async function post(
  ctx: Ctx,
  channel: Channel,
  kind: HttpChannelKind,
  message: AlertMessage,
): Promise<DeliveryProblem | null> {
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
    ...{ method: request.method, ...RECEIVER_BOUNDS },
    headers: { "user-agent": "borg-backup-server", ...request.headers, ...signature },
    ...(request.body === null ? {} : { body: request.body }),
  });
  return problemOfStatus(settings.host, status);
}

interface Settled {
  outcome: Exclude<DeliveryOutcome, null>;
  problem: string | null;
  waitMinutes?: number;
  /** False: it says nothing of whether the channel works. */
  isOfChannel?: boolean;
}

/** Whoever presses the test button waits for it: it is tried once. */
function afterTry(delivery: Delivery, problem: DeliveryProblem | null): Settled {
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
  const { outcome, problem, waitMinutes = 0, isOfChannel = true } = settled;
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
    if (!mine || !isOfChannel) return;
    await tx
      .update(alertChannels)
      .set({ lastProblem: problem, ...(outcome === "sent" ? { lastSentAt: now } : {}) })
      .where(eq(alertChannels.id, delivery.channelId));
  });
  return outcome;
}

const KEEP_DELIVERIES_DAYS = 14;
const KEEP_ALERTS_DAYS = 400;

/** Forgets deliveries after a fortnight, alerts that have been right for more than a year, and browsers whose sign-in was ended. */
export async function purgeAlerts({ db, now }: Ctx): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  await db.delete(alertDeliveries).where(lt(alertDeliveries.endedAt, before(KEEP_DELIVERIES_DAYS)));
  await db.delete(alerts).where(lt(alerts.resolvedAt, before(KEEP_ALERTS_DAYS)));
  const ended = db.select({ id: signIns.id }).from(signIns).where(isNotNull(signIns.endedAt));
  await db.delete(alertChannels).where(inArray(alertChannels.signInId, ended));
}
