import type { Timing } from "./schedule";

export type TimingKind = Timing["kind"];

/** The kinds of timing as the editor offers them, the usual first. */
export const TIMING_CHOICES: readonly { kind: TimingKind; label: string }[] = [
  { kind: "daily", label: "Every day" },
  { kind: "weekly", label: "On days of the week" },
  { kind: "monthly", label: "Every month" },
  { kind: "days", label: "Every few days" },
  { kind: "hours", label: "Every few hours" },
  { kind: "minutes", label: "Every few minutes" },
  { kind: "available", label: "When the machine is available" },
  { kind: "cron", label: "By a cron expression" },
];

/** What a new plan begins with: in the night, when few people work. */
export const FIRST_TIMES: readonly string[] = ["02:00"];

/** How a kind of timing begins, with the times of day that the one before had. */
export function startTiming(kind: TimingKind, before: Timing | null): Timing {
  if (before?.kind === kind) return before;
  const times = before !== null && "times" in before ? before.times : [...FIRST_TIMES];
  switch (kind) {
    case "minutes":
      return { kind, every: 30 };
    case "hours":
      return { kind, every: 4, minute: 0 };
    case "daily":
      return { kind, times };
    case "weekly":
      return { kind, weekdays: [1, 2, 3, 4, 5], times };
    case "monthly":
      return { kind, days: [1], lastDay: false, nth: [], times };
    case "days":
      return { kind, every: 2, times };
    case "cron":
      return { kind, expression: "0 2 * * *" };
    case "available":
      return { kind, everyHours: 24, onMains: true, notMetered: true };
  }
}

export type NthWeekday = Extract<Timing, { kind: "monthly" }>["nth"][number];

/** Which such weekday of a month. */
export const NTH_CHOICES: readonly { nth: NthWeekday["nth"]; label: string }[] = [
  { nth: 1, label: "first" },
  { nth: 2, label: "second" },
  { nth: 3, label: "third" },
  { nth: 4, label: "fourth" },
  { nth: 5, label: "fifth" },
  { nth: -1, label: "last" },
];
