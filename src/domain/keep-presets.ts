import type { KeepRules } from "./retention";

/** No rule at all; what presets start from. */
const NOTHING: KeepRules = {
  last: 0,
  withinHours: 0,
  minutely: 0,
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  neverFewerThan: 0,
};

/** How long archives are kept, as the editor offers it. `rules` null: for ever. */
export const KEEP_PRESETS: readonly { key: string; label: string; hint: string; rules: KeepRules | null }[] =
  [
    {
      key: "for-ever",
      label: "Everything, for ever",
      hint: "Nothing is ever removed by this plan. The repository only grows.",
      rules: null,
    },
    {
      key: "balanced",
      label: "A year, thinning out (right for most)",
      hint: "Everything of two days, then one a day for two weeks, one a week for two months, one a month for a year.",
      rules: { ...NOTHING, last: 3, withinHours: 48, daily: 14, weekly: 8, monthly: 12 },
    },
    {
      key: "long",
      label: "Ten years, thinning out",
      hint: "One a day for a month, one a week for three months, one a month for three years, one a year for ten.",
      rules: { ...NOTHING, last: 3, withinHours: 48, daily: 30, weekly: 13, monthly: 36, yearly: 10 },
    },
    {
      key: "short",
      label: "A month",
      hint: "One a day for a week and one a week for four weeks. For what is easily made again.",
      rules: { ...NOTHING, last: 3, withinHours: 24, daily: 7, weekly: 4 },
    },
  ];

/** What the rules are called beside the numbers: of which period the newest archive is kept, and how many of them. */
export const KEEP_FIELDS: readonly { key: keyof KeepRules; label: string }[] = [
  { key: "last", label: "Newest" },
  { key: "withinHours", label: "All of so many hours" },
  { key: "minutely", label: "One a minute" },
  { key: "hourly", label: "One an hour" },
  { key: "daily", label: "One a day" },
  { key: "weekly", label: "One a week" },
  { key: "monthly", label: "One a month" },
  { key: "yearly", label: "One a year" },
  { key: "neverFewerThan", label: "Never fewer than" },
];

/** The preset that these rules are; null: none, they are somebody's own. */
export function presetOf(rules: KeepRules | null): string | null {
  const found = KEEP_PRESETS.find(
    (preset) =>
      preset.rules === rules ||
      (preset.rules !== null &&
        rules !== null &&
        KEEP_FIELDS.every(({ key }) => preset.rules?.[key] === rules[key])),
  );
  return found?.key ?? null;
}
