import { and, asc, count, eq, ne } from "drizzle-orm";
import {
  type AlertSeverity,
  type ChannelKind,
  type ChannelSecret,
  type ChannelSettings,
  channelSecret,
  channelSettings,
  type DeliveryEvent,
} from "~/domain/alert";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { alertChannels, alertDeliveries } from "../db/schema/alerts";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { appendEntry } from "../journal/append-entry";
import { openSecret, type SecretPlace, sealSecret } from "../secrets/seal-secret";
import { insertDeliveries } from "./queue-deliveries";

/** Most channels; more would make every alert a flood. */
const MOST_CHANNELS = 50;

/** A channel for people: without its secrets. */
export interface ChannelRow {
  id: string;
  kind: ChannelKind;
  name: string;
  settings: ChannelSettings;
  minSeverity: AlertSeverity;
  enabled: boolean;
  hasToken: boolean;
  planId: string | null;
  /** `<client>: <plan>`. */
  planName: string | null;
  lastSentAt: Date | null;
  lastProblem: string | null;
}

export interface ChannelInput {
  kind: ChannelKind;
  name: string;
  to: string[];
  chat: string;
  everyMinutes: number;
  minSeverity: AlertSeverity;
  enabled: boolean;
  /** With `ping`: the plan whose backups are told; null: that the server lives. */
  planId: string | null;
  /** Absent: the stored one stays. An absent token of a new address too. */
  url?: string | undefined;
  token?: string | undefined;
}

/** Everybody's channels by the time they were made; a person's own browsers are theirs. For admins: the caller has asked. */
export async function listChannels(ctx: Pick<Ctx, "db">): Promise<ChannelRow[]> {
  const rows = await ctx.db
    .select({ channel: alertChannels, planName: plans.name, clientName: clients.name })
    .from(alertChannels)
    .leftJoin(plans, eq(plans.id, alertChannels.planId))
    .leftJoin(clients, eq(clients.id, plans.clientId))
    .where(isShared)
    .orderBy(asc(alertChannels.createdAt), alertChannels.id)
    .limit(MOST_CHANNELS);
  return rows.map(({ channel, planName, clientName }) => ({
    ...{ id: channel.id, kind: channel.kind, name: channel.name, minSeverity: channel.minSeverity },
    ...{ enabled: channel.enabled, planId: channel.planId },
    ...{ lastSentAt: channel.lastSentAt, lastProblem: channel.lastProblem },
    settings: channelSettings.parse(channel.settings),
    hasToken: (openChannelSecret(channel)?.token ?? "") !== "",
    planName: planName === null ? null : `${clientName}: ${planName}`,
  }));
}

/** Adds a channel, or changes it. The journal tells where it leads to (its host), never the address. Refuses invalid-input, not-found. */
export async function saveChannel(ctx: Ctx, input: ChannelInput & { id?: string }): Promise<{ id: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const before = input.id === undefined ? null : await lockChannel(inTx, input.id);
    if (before && before.kind !== input.kind)
      throw new Refusal("invalid-input", { say: "A channel stays of its kind. Add another one." });
    if (!before) await refuseTooMany(inTx);
    const id = before?.id ?? newId();
    const secret = secretOf(input, before);
    demandWhole(input, secret);
    if (input.planId !== null) await demandPlan(inTx, input.planId);
    const host = secret ? new URL(secret.url).host : "";
    const row = {
      kind: input.kind,
      name: input.name,
      settings: channelSettings.parse({
        to: input.to,
        chat: input.chat,
        everyMinutes: input.everyMinutes,
        host,
      }),
      secretSealed: secret ? sealSecret(JSON.stringify(secret), channelPlace(id)) : null,
      minSeverity: input.minSeverity,
      enabled: input.enabled,
      planId: input.kind === "ping" ? input.planId : null,
      // What it said of an address or a switch that is changed now says nothing any more.
      lastProblem: null,
    };
    if (before) await tx.update(alertChannels).set(row).where(eq(alertChannels.id, id));
    else await tx.insert(alertChannels).values({ id, ...row, createdAt: ctx.now });
    await announce(tx, { entity: "alert", id: "*", clientId: null });
    await appendEntry(inTx, {
      action: before ? "alert-channel.changed" : "alert-channel.created",
      say: `${before ? "Changed" : "Added"} the alert channel ${input.name}.`,
      detail: {
        before: before ? toldOf(before) : null,
        after: toldOf(row),
        secretChanged: input.url !== undefined || input.token !== undefined,
      },
    });
    return { id };
  });
}

/** Takes a channel away, with what was still to be sent through it. Refuses not-found. */
export async function removeChannel(ctx: Ctx, input: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const channel = await lockChannel(inTx, input.id);
    await tx.delete(alertChannels).where(eq(alertChannels.id, channel.id));
    await announce(tx, { entity: "alert", id: "*", clientId: null });
    await appendEntry(inTx, {
      action: "alert-channel.removed",
      say: `Removed the alert channel ${channel.name}.`,
      detail: { before: toldOf(channel), after: null },
    });
  });
}

/** Sends a test through a channel, whether it is switched on or not; `getDelivery` says what came of it. Refuses not-found. */
export async function testChannel(ctx: Ctx, input: { id: string }): Promise<{ deliveryId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const channel = await lockChannel(inTx, input.id);
    const [deliveryId = ""] = await insertDeliveries(
      inTx,
      "test",
      [{ channelId: channel.id, alertId: null }],
      ctx.now,
    );
    return { deliveryId };
  });
}

/** How far a test has come. */
export interface DeliveryState {
  state: "waiting" | "sent" | "given-up";
  event: DeliveryEvent;
  attempts: number;
  problem: string | null;
}

/** What became of a test. Refuses not-found. */
export async function getDelivery(ctx: Pick<Ctx, "db">, input: { id: string }): Promise<DeliveryState> {
  const [row] = await ctx.db
    .select({
      state: alertDeliveries.state,
      event: alertDeliveries.event,
      attempts: alertDeliveries.attempts,
      problem: alertDeliveries.problem,
    })
    .from(alertDeliveries)
    .where(eq(alertDeliveries.id, input.id));
  if (!row) throw new Refusal("not-found", { say: "There is no such delivery." });
  return row;
}

/** The secrets of a channel, in the clear; null: it has none. Only for whoever sends. */
export function openChannelSecret(channel: Pick<Channel, "id" | "secretSealed">): ChannelSecret | null {
  if (channel.secretSealed === null) return null;
  return channelSecret.parse(JSON.parse(openSecret(channel.secretSealed, channelPlace(channel.id))));
}

type Channel = typeof alertChannels.$inferSelect;

const isShared = ne(alertChannels.kind, "push");

function channelPlace(id: string): SecretPlace {
  return { table: "alert_channels", column: "secret_sealed", rowId: id };
}

async function lockChannel(ctx: Ctx, id: string): Promise<Channel> {
  const [channel] = await ctx.db
    .select()
    .from(alertChannels)
    .where(and(eq(alertChannels.id, id), isShared))
    .for("update");
  if (!channel) throw new Refusal("not-found", { say: "There is no such channel." });
  return channel;
}

async function refuseTooMany(ctx: Ctx): Promise<void> {
  const [all] = await ctx.db.select({ count: count() }).from(alertChannels).where(isShared);
  if ((all?.count ?? 0) >= MOST_CHANNELS)
    throw new Refusal("invalid-input", { say: `There are ${MOST_CHANNELS} channels. Remove one first.` });
}

/** A token is never carried over to an address that somebody has just typed: it would be sent there. */
function secretOf(input: ChannelInput, before: Channel | null): ChannelSecret | null {
  if (input.kind === "mail") return null;
  const stored = before ? openChannelSecret(before) : null;
  if (input.url === undefined) return stored ? { ...stored, token: input.token ?? stored.token } : null;
  return { url: input.url, token: input.token ?? "" };
}

function demandWhole(input: ChannelInput, secret: ChannelSecret | null): void {
  const missing =
    input.kind === "push"
      ? "A browser is turned on in that browser, by whoever is signed in there."
      : input.kind === "mail"
        ? input.to.length === 0 && "Give at least one address."
        : secret === null
          ? "Give the address it is sent to."
          : input.kind === "telegram" && (secret.token === "" || input.chat === "")
            ? "Telegram needs the bot's token and the chat."
            : false;
  if (missing) throw new Refusal("invalid-input", { say: missing });
}

async function demandPlan(ctx: Ctx, planId: string): Promise<void> {
  const [plan] = await ctx.db.select({ id: plans.id }).from(plans).where(eq(plans.id, planId));
  if (!plan) throw new Refusal("not-found", { say: "There is no such plan." });
}

const toldOf = ({
  kind,
  name,
  settings,
  minSeverity,
  enabled,
  planId,
}: Pick<Channel, "kind" | "name" | "settings" | "minSeverity" | "enabled" | "planId">) => ({
  ...{ kind, name, settings, minSeverity, enabled, planId },
});
