import type { AlertKind, AlertSeverity, ChannelKind } from "./alert";

/** What each kind of alert is called in lists and filters. */
export const ALERT_KIND_WORDS: Record<AlertKind, string> = {
  "check-failed": "Check found damage",
  "drill-failed": "Restore drill failed",
  "repository-quarantined": "Repository held",
  "backup-suspicious": "Suspicious backup",
  "journal-broken": "Journal broken",
  "objective-breached": "Promise broken",
  "backup-failed": "Backup failed",
  "storage-full": "Storage nearly full",
  "storage-node-silent": "Storage node silent",
  "self-backup-missing": "Server not backed up",
  "quota-hard": "Quota reached",
  "quota-soft": "Soft quota passed",
  "client-silent": "Client silent",
  "no-recovery-key": "No recovery key",
  "backup-skipped": "Backups skipped",
  "maintenance-failed": "Maintenance failed",
  "coverage-behind": "Re-reading is behind",
  "plan-gap": "Not covered by a plan",
  "channel-failing": "Channel failing",
};

export const SEVERITY_WORDS: Record<AlertSeverity, string> = {
  info: "For information",
  warning: "Warning",
  serious: "Serious",
  critical: "Critical",
};

export const CHANNEL_KIND_WORDS: Record<ChannelKind, string> = {
  mail: "Mail",
  webhook: "Webhook",
  ntfy: "ntfy",
  slack: "Slack",
  discord: "Discord",
  teams: "Microsoft Teams",
  telegram: "Telegram",
  ping: "Ping",
  push: "Browser push",
};
