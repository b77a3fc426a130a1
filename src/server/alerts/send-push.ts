import { createHash } from "node:crypto";
import webPush from "web-push";
import { channelSettings } from "~/domain/alert";
import type { AlertMessage } from "~/domain/alert-messages";
import { pushPayload, pushUrgency } from "~/domain/push";
import type { Ctx } from "../context";
import type { alertChannels } from "../db/schema/alerts";
import { guardedFetch } from "../outgoing/guard";
import { type DeliveryProblem, problemOfStatus, RECEIVER_BOUNDS } from "./delivery-problem";
import { openBrowser } from "./push-browsers";
import { openPushKeys } from "./push-keys";
import { readPushBrowsers, visibleAlerts } from "./push-people";

/** `gone`: the browser is to be told no more at all, its subscription or its sign-in has ended. `not-theirs`: not of this alert. */
export type PushOutcome = DeliveryProblem | "gone" | "not-theirs" | null;

/** What a push service says of a subscription that it does not know, or knows no more (RFC 8030, 7.3). */
const UNKNOWN = [404, 410];

/**
 * Tells a browser, encrypted so that its push service reads nothing (RFC 8291), through the guard of outgoing connections. Who is told is
 * judged by the rows of now: a sign-in that was ended or a person who was disabled since is not, nor of what they may see no more. Null: the
 * push service took it.
 */
export async function sendPush(
  ctx: Ctx,
  channel: typeof alertChannels.$inferSelect,
  message: AlertMessage,
): Promise<PushOutcome> {
  const [browser] = await readPushBrowsers(ctx, { channelId: channel.id });
  if (!browser) return "gone";
  const about = message.alert?.id;
  if (about !== undefined && !(await visibleAlerts(ctx, browser.actor, [about])).has(about))
    return "not-theirs";
  const keys = await openPushKeys(ctx);
  const subscription = openBrowser(channel);
  if (!keys || !subscription) return "gone";
  const { endpoint, p256dh, auth } = subscription;
  const { ttlSeconds, urgency } = pushUrgency(message);
  const request = webPush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    JSON.stringify(pushPayload(message)),
    {
      ...{ vapidDetails: keys, TTL: ttlSeconds, urgency, contentEncoding: "aes128gcm" },
      // What was not fetched yet is replaced by what comes later about the same alert.
      topic: createHash("sha256")
        .update(about ?? "test")
        .digest("base64url")
        .slice(0, 32),
    },
  );
  const { status } = await guardedFetch(ctx, endpoint, {
    ...{ method: "POST", ...RECEIVER_BOUNDS, body: request.body },
    headers: { ...request.headers, "user-agent": "borg-backup-server" },
  });
  if (UNKNOWN.includes(status)) return "gone";
  return problemOfStatus(channelSettings.parse(channel.settings).host, status);
}
