/** ISO weekdays in short, Monday first; index 0 is Monday. */
export const WEEKDAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Weekdays (1 Monday to 7) in a few words: `every day`, `Mon to Fri`, `Sat and Sun`, `Mon, Wed and Fri`. */
export function sayWeekdays(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].sort((a, b) => a - b);
  const names = days.map((day) => WEEKDAY_NAMES[day - 1] ?? String(day));
  if (days.length === 7) return "every day";
  const first = days[0] ?? 0;
  const inRow = days.every((day, index) => day === first + index);
  if (days.length > 2 && inRow) return `${names[0]} to ${names.at(-1)}`;
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
