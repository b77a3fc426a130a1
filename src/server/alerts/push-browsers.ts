import { createHash } from "node:crypto";
import { and, asc, count, eq, isNull, or } from "drizzle-orm";
import { type AlertSeverity, channelSettings } from "~/domain/alert";
import { deviceName } from "~/domain/device-name";
import { type PushSubscription, pushSubscription } from "~/domain/push";
import { Refusal } from "~/domain/refusal";
import { ownSignIn } from "../access/own-sign-in";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { signIns } from "../db/schema/access";
import { alertChannels, alertDeliveries } from "../db/schema/alerts";
import { appendEntry } from "../journal/append-entry";
import { openSecret, type SecretPlace, sealSecret } from "../secrets/seal-secret";
import type { DeliveryState } from "./channels";
import { insertDeliveries } from "./queue-deliveries";

/** Most browsers of a person. */
const MOST_BROWSERS = 10;

/** A browser of one's own that is told of alerts. */
export interface OwnBrowser {
  id: string;
  name: string;
  /** SHA-256 of the address that the browser gave, in hex: by it the browser knows itself. */
  mark: string;
  minSeverity: AlertSeverity;
  createdAt: Date;
  lastSentAt: Date | null;
  lastProblem: string | null;
}

/** The caller's own browsers that are told, the oldest first. */
export async function listBrowsers(ctx: Ctx): Promise<OwnBrowser[]> {
  const { userId } = ownSignIn(ctx);
  const rows = await ctx.db
    .select({ channel: alertChannels })
    .from(alertChannels)
    .innerJoin(signIns, eq(signIns.id, alertChannels.signInId))
    .where(and(eq(alertChannels.userId, userId), eq(alertChannels.kind, "push"), isNull(signIns.endedAt)))
    .orderBy(asc(alertChannels.createdAt), alertChannels.id)
    .limit(MOST_BROWSERS);
  return rows.map(({ channel: { id, name, endpointHash, ...rest } }) => ({
    ...{ id, name, mark: endpointHash ?? "", minSeverity: rest.minSeverity, createdAt: rest.createdAt },
    ...{ lastSentAt: rest.lastSentAt, lastProblem: rest.lastProblem },
  }));
}

/**
 * Tells the browser in which the caller is signed in of alerts from now on, as long as that sign-in is not ended. A browser is told for one
 * person only: who turned it on before in the same browser is told no more. Refuses invalid-input beyond ten browsers.
 */
export async function turnOnPush(
  ctx: Ctx,
  input: PushSubscription & { minSeverity: AlertSeverity },
): Promise<{ id: string }> {
  const { userId, signInId } = ownSignIn(ctx);
  const { endpoint, p256dh, auth, minSeverity } = input;
  return ctx.db.transaction(async (tx) => {
    const mark = markOf(endpoint);
    // One browser in a sign-in, one sign-in to a browser.
    await tx
      .delete(alertChannels)
      .where(or(eq(alertChannels.endpointHash, mark), eq(alertChannels.signInId, signInId)));
    const [all] = await tx
      .select({ count: count() })
      .from(alertChannels)
      .where(eq(alertChannels.userId, userId));
    if ((all?.count ?? 0) >= MOST_BROWSERS)
      throw new Refusal("invalid-input", {
        say: `You are told in ${MOST_BROWSERS} browsers. Turn one of them off first.`,
      });
    const [signIn] = await tx
      .select({ device: signIns.device })
      .from(signIns)
      .where(eq(signIns.id, signInId));
    const id = newId();
    const name = deviceName(signIn?.device ?? null);
    const { host } = new URL(endpoint);
    await tx.insert(alertChannels).values({
      ...{ id, kind: "push", name, userId, signInId, minSeverity, enabled: true, createdAt: ctx.now },
      settings: channelSettings.parse({ host }),
      secretSealed: sealSecret(JSON.stringify({ endpoint, p256dh, auth }), placeOf(id)),
      endpointHash: mark,
    });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "alert-push.on",
        say: `Turned on notes of alerts in a browser, ${name}.`,
        detail: { browser: name, through: host, minSeverity },
      },
    );
    return { id };
  });
}

/** Tells one of the caller's own browsers no more. Refuses not-found. */
export async function turnOffPush(ctx: Ctx, input: { id: string }): Promise<void> {
  const { userId } = ownSignIn(ctx);
  await ctx.db.transaction(async (tx) => {
    const [gone] = await tx.delete(alertChannels).where(own(userId, input.id)).returning();
    if (!gone) throw browserMissing();
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "alert-push.off",
        say: `Turned off notes of alerts in a browser, ${gone.name}.`,
        detail: { browser: gone.name, through: channelSettings.parse(gone.settings).host },
      },
    );
  });
}

/** How grave an alert must be for one of the caller's own browsers. Refuses not-found. */
export async function changePush(
  ctx: Pick<Ctx, "db" | "actor">,
  input: { id: string; minSeverity: AlertSeverity },
): Promise<void> {
  const { userId } = ownSignIn(ctx);
  const changed = await ctx.db
    .update(alertChannels)
    .set({ minSeverity: input.minSeverity })
    .where(own(userId, input.id))
    .returning({ id: alertChannels.id });
  if (changed.length === 0) throw browserMissing();
}

/**
 * Binds a browser that is told to the sign-in that is in it now, so that ending that one ends the notes. What was ended is not brought
 * back. Answers whether the browser is told.
 */
export async function followPush(
  ctx: Pick<Ctx, "db" | "actor">,
  input: { mark: string },
): Promise<{ isOn: boolean }> {
  const { userId, signInId } = ownSignIn(ctx);
  const [found] = await ctx.db
    .select({ id: alertChannels.id, signInId: alertChannels.signInId })
    .from(alertChannels)
    .innerJoin(signIns, eq(signIns.id, alertChannels.signInId))
    .where(
      and(
        eq(alertChannels.endpointHash, input.mark),
        eq(alertChannels.userId, userId),
        isNull(signIns.endedAt),
      ),
    );
  if (!found) return { isOn: false };
  if (found.signInId !== signInId)
    await ctx.db.update(alertChannels).set({ signInId }).where(eq(alertChannels.id, found.id));
  return { isOn: true };
}

/** Sends a test to one of the caller's own browsers; `getPushTest` says what came of it. Refuses not-found. */
export async function testPush(ctx: Ctx, input: { id: string }): Promise<{ deliveryId: string }> {
  const { userId } = ownSignIn(ctx);
  return ctx.db.transaction(async (tx) => {
    const [channel] = await tx.select().from(alertChannels).where(own(userId, input.id)).for("update");
    if (!channel) throw browserMissing();
    const told = [{ channelId: channel.id, alertId: null }];
    const [deliveryId = ""] = await insertDeliveries({ ...ctx, db: tx }, "test", told, ctx.now);
    return { deliveryId };
  });
}

/** What became of a test. One whose browser was forgotten over it is given up. */
export async function getPushTest(
  ctx: Pick<Ctx, "db" | "actor">,
  input: { id: string },
): Promise<DeliveryState> {
  const { userId } = ownSignIn(ctx);
  const { state, event, attempts, problem } = alertDeliveries;
  const [row] = await ctx.db
    .select({ state, event, attempts, problem })
    .from(alertDeliveries)
    .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .where(and(eq(alertDeliveries.id, input.id), eq(alertChannels.userId, userId)));
  const forgotten = "The browser's push service knows it no more. Turn it on again there.";
  return row ?? { state: "given-up", event: "test", attempts: 1, problem: forgotten };
}

/** What lets one write to a browser, in the clear. Only for whoever sends. */
export function openBrowser(channel: Pick<Channel, "id" | "secretSealed">): PushSubscription | null {
  if (channel.secretSealed === null) return null;
  return pushSubscription.parse(JSON.parse(openSecret(channel.secretSealed, placeOf(channel.id))));
}

/** Forgets a browser: its push service does not know it any more, or its sign-in was ended. May run twice. */
export async function forgetBrowser(ctx: Pick<Ctx, "db">, channelId: string): Promise<void> {
  await ctx.db.delete(alertChannels).where(and(eq(alertChannels.id, channelId), isPush()));
}

type Channel = typeof alertChannels.$inferSelect;

const isPush = () => eq(alertChannels.kind, "push");
const own = (userId: string, id: string) =>
  and(eq(alertChannels.id, id), eq(alertChannels.userId, userId), isPush());
const markOf = (endpoint: string) => createHash("sha256").update(endpoint).digest("hex");
const browserMissing = () => new Refusal("not-found", { say: "This browser is not told of alerts." });

function placeOf(id: string): SecretPlace {
  return { table: "alert_channels", column: "secret_sealed", rowId: id };
}
