import { JOURNAL_ACTIONS, type JournalAction } from "./journal-action";

/** What one filters the journal by: actions that belong together, by the word before their first dot. Edit when a new such word comes. */
const GROUPS = {
  "sign-in": {
    label: "Sign-ins and second factors",
    words: ["sign-in", "second-factor", "recovery-codes", "passkey", "password", "oidc"],
  },
  people: { label: "People and permissions", words: ["user", "setup"] },
  denied: { label: "Refused", words: ["permission", "agent"] },
  secrets: { label: "Tokens and keys", words: ["token", "keys"] },
  clients: { label: "Clients", words: ["client"] },
  repositories: { label: "Repositories and vault", words: ["repository", "vault"] },
  plans: { label: "Plans", words: ["plan", "schedule"] },
  work: {
    label: "Backups, restores and jobs",
    words: ["backup", "restore", "download", "drill", "job", "disk"],
  },
  alerts: { label: "Alerts", words: ["alert", "alert-push"] },
  archives: { label: "Archives", words: ["archives"] },
  settings: { label: "Settings", words: ["settings", "mail", "outgoing", "alert-channel", "self-backup"] },
  updates: { label: "Updates", words: ["release"] },
  journal: { label: "The journal itself", words: ["journal"] },
} as const satisfies Record<string, { label: string; words: readonly string[] }>;

export type JournalGroup = keyof typeof GROUPS;

export const JOURNAL_GROUPS = Object.keys(GROUPS) as [JournalGroup, ...JournalGroup[]];

export function isJournalGroup(text: unknown): text is JournalGroup {
  return typeof text === "string" && Object.hasOwn(GROUPS, text);
}

export function labelOfGroup(group: JournalGroup): string {
  return GROUPS[group].label;
}

/** The actions of a group. Every action is in exactly one. */
export function actionsOfGroup(group: JournalGroup): JournalAction[] {
  const words: readonly string[] = GROUPS[group].words;
  return JOURNAL_ACTIONS.filter((action) => words.includes(action.split(".")[0] ?? action));
}
