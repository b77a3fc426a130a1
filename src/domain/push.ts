import { z } from "zod";
import { type AlertMessage, headline } from "./alert-messages";

/** Bytes in base64url, without padding, of exactly so many bytes. */
const bytes = (count: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .length(Math.ceil((count * 4) / 3));

/** What a browser gives out so that it can be told something: where its push service listens, and the keys to encrypt to (RFC 8291). */
export const pushSubscription = z.object({
  endpoint: z
    .string()
    .max(2000)
    .refine(isHttpsAddress, "A push service has an address that begins with https://."),
  /** Point of P-256, uncompressed. */
  p256dh: bytes(65),
  auth: bytes(16),
});
export type PushSubscription = z.output<typeof pushSubscription>;

function isHttpsAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === "https:" && username === "" && password === "";
}

/** What the browser shows: no more than stands in the headline of every channel, and where it leads to. */
export interface PushPayload {
  title: string;
  /** Page of the console, without the host: the browser knows whose it is. */
  path: string;
  /** One thing has one note: what comes later takes its place. */
  tag: string;
  /** Stays until somebody has seen it. */
  stays: boolean;
}

/** The note of a message. Nothing but the gravity, the title of the alert and its page leaves the server. */
export function pushPayload(message: AlertMessage): PushPayload {
  return {
    title: headline(message),
    path: message.alert ? `/alerts/${message.alert.id}` : "/alerts",
    tag: message.alert?.id ?? "test",
    stays: message.event !== "resolved" && message.severity === "critical",
  };
}

/** How long a push service keeps what a browser that is off has not fetched, and how much it may wake a sleeping one (RFC 8030). */
export function pushUrgency(message: AlertMessage): {
  ttlSeconds: number;
  urgency: "low" | "normal" | "high";
} {
  if (message.event === "resolved") return { ttlSeconds: 6 * 3600, urgency: "low" };
  const loud = message.severity === "critical" || message.severity === "serious";
  return { ttlSeconds: 24 * 3600, urgency: loud ? "high" : "normal" };
}
