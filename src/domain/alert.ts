import { z } from "zod";

/** From what can wait for the digest to what must wake somebody. */
export const ALERT_SEVERITIES = ["info", "warning", "serious", "critical"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What can be wrong. Edit when something new is watched; never rename one, rows live on. */
export const ALERT_KINDS = {
  /** A check found damage: the loudest there is. */
  "check-failed": "critical",
  /** What came out of an archive is not what the machine had, or does not come out. */
  "drill-failed": "critical",
  "repository-quarantined": "critical",
  /** A backup looks as if its machine was encrypted or emptied. */
  "backup-suspicious": "critical",
  "journal-broken": "critical",
  "objective-breached": "serious",
  "backup-failed": "serious",
  "storage-full": "serious",
  "storage-node-silent": "serious",
  /** Backups of this server itself. */
  "self-backup-missing": "serious",
  "quota-hard": "serious",
  "quota-soft": "warning",
  "client-silent": "warning",
  "no-recovery-key": "warning",
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
  /** `ping` without a plan (the dead man's switch): how often the server tells that it lives. */
  everyMinutes: z.number().int().min(1).max(1440).default(5),
});
export type ChannelSettings = z.output<typeof channelSettings>;

/** What of a channel is a secret; stored sealed, as JSON. */
export const channelSecret = z.object({
  /** Where it is sent to; with `telegram` the server of the bots. */
  url: z
    .string()
    .trim()
    .max(2000)
    .refine(
      isHttpAddress,
      "Write an address that begins with https:// or http://, without a password in it.",
    ),
  /** `webhook`: the key of the signature. `ntfy`: an access token. `telegram`: the bot's token. */
  token: z.string().trim().max(500).default(""),
});
export type ChannelSecret = z.output<typeof channelSecret>;

function isHttpAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

/** What happened to an alert, or what else a channel is told. `alive`: the server lives; `start`, `success` and `fail`: a backup of a plan. */
export const DELIVERY_EVENTS = [
  "opened",
  "escalated",
  "resolved",
  "test",
  "start",
  "success",
  "fail",
  "alive",
] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

/** A thing that is wrong again so soon after it was right is the same alert; so long nobody is told that it is right. */
export const FLAP_MINUTES = 30;

/** Whether an alert is at least as grave as a channel asks for. */
export function isAtLeast(severity: AlertSeverity, least: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(severity) >= ALERT_SEVERITIES.indexOf(least);
}

/** Those that wake somebody: they are told again when nobody takes note of them. */
export const LOUD_SEVERITIES = ["serious", "critical"] as const satisfies readonly AlertSeverity[];
