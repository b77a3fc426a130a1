import { allKeepRules, type KeepFloor, type KeepReason, type StoredKeepRules } from "./retention";

const PERIOD_WORDS = {
  minutely: "minute",
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  yearly: "year",
} as const;

/** A reason in a few words, as it stands beside an archive: "newest of its day (3 of 7)". */
export function sayKeepReason(reason: KeepReason, stored: StoredKeepRules, floor: KeepFloor): string {
  const rules = allKeepRules(stored);
  switch (reason.because) {
    case "last":
      return `one of the newest ${rules.last} (${reason.place})`;
    case "within":
      return `not older than ${countWords(rules.withinHours, "hour")}`;
    case "minutely":
    case "hourly":
    case "daily":
    case "weekly":
    case "monthly":
    case "yearly":
      return `newest of its ${PERIOD_WORDS[reason.because]} (${reason.place} of ${rules[reason.because]})`;
    case "never-fewer":
      return `never fewer than ${rules.neverFewerThan} (${reason.place})`;
    case "floor-newest":
      return `never removed: one of the newest ${floor.newest}`;
    case "floor-weekly":
      return `never removed: first of its week, for ${countWords(floor.weeklyDays, "day")}`;
    case "protected":
      return "protected";
    case "not-of-plan":
      return "not made by a backup of this plan";
    case "not-sealed":
      return "not sealed yet";
    case "no-rules":
      return "no rule is set";
    case "nothing-keeps-it":
      return "no rule keeps it";
  }
}

/** The rules in one phrase: "the newest 3, everything of 48 hours, 7 daily and 4 weekly"; null: "everything, for ever". */
export function sayKeepRules(stored: StoredKeepRules | null): string {
  if (stored === null) return "everything, for ever";
  const rules = allKeepRules(stored);
  const parts: string[] = [];
  if (rules.last > 0) parts.push(rules.last === 1 ? "the newest one" : `the newest ${rules.last}`);
  if (rules.withinHours > 0) parts.push(`everything of ${countWords(rules.withinHours, "hour")}`);
  for (const rule of ["minutely", "hourly", "daily", "weekly", "monthly", "yearly"] as const) {
    if (rules[rule] > 0) parts.push(`${rules[rule]} ${rule}`);
  }
  if (parts.length === 0) return "everything, for ever";
  const last = parts.at(-1);
  const said = parts.length === 1 ? `${last}` : `${parts.slice(0, -1).join(", ")} and ${last}`;
  return rules.neverFewerThan > 0 ? `${said}, never fewer than ${rules.neverFewerThan}` : said;
}

function countWords(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
