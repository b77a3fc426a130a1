import { z } from "zod";

/** From what can wait for the digest to what must wake somebody. */
export const ALERT_SEVERITIES = ["info", "warning", "serious", "critical"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What can be wrong. Edit when something new is watched; never rename one, rows live on. */
export const ALERT_KINDS = {
  /** A check found damage: the loudest there is. */
  "check-failed": "critical",
  "repository-quarantined": "critical",
  "journal-broken": "critical",
  "objective-breached": "serious",
  "backup-failed": "serious",
  "storage-full": "serious",
  "storage-node-silent": "serious",
  "quota-hard": "serious",
  "quota-soft": "warning",
  "client-silent": "warning",
  "backup-skipped": "warning",
  "maintenance-failed": "warning",
  "coverage-behind": "warning",
  "plan-gap": "info",
  "channel-failing": "warning",
} as const satisfies Record<string, AlertSeverity>;
export type AlertKind = keyof typeof ALERT_KINDS;

export const CHANNEL_KINDS = [
  "mail",
  "webhook",
  "ntfy",
  "slack",
  "discord",
  "teams",
  "telegram",
  "ping",
  "push",
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What of a channel is no secret. The address of a webhook is one: whoever knows it can write there. */
export const channelSettings = z.object({
  /** `mail`: the addresses. */
  to: z.array(z.string().email().max(200)).max(20).default([]),
  /** `telegram`: the chat. */
  chat: z.string().max(60).default(""),
  /** Host of the secret address, for the list. */
  host: z.string().max(253).default(""),
});
export type ChannelSettings = z.output<typeof channelSettings>;
