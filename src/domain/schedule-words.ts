import type { Schedule, Timing } from "./schedule";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const NTH = { 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", [-1]: "last" };

/** When something runs, in a line: `Monday to Friday at 21:30, Europe/Berlin`. What the wall clock does not matter for names no zone. */
export function sayTiming({ timing, zone }: Schedule): string {
  const said = sayBare(timing);
  return timing.kind === "minutes" || timing.kind === "available" ? said : `${said}, ${zone}`;
}

function sayBare(timing: Timing): string {
  switch (timing.kind) {
    case "minutes":
      return `Every ${timing.every} minutes`;
    case "hours": {
      const past = `at ${timing.minute} past`;
      return timing.every === 1 ? `Every hour ${past}` : `Every ${timing.every} hours ${past} the hour`;
    }
    case "daily":
      return `Daily at ${sayTimes(timing.times)}`;
    case "weekly":
      return `${sayWeekdays(timing.weekdays)} at ${sayTimes(timing.times)}`;
    case "monthly":
      return `${sayMonthly(timing)} of the month at ${sayTimes(timing.times)}`;
    case "days":
      return `Every ${timing.every} days at ${sayTimes(timing.times)}`;
    case "cron":
      return `By the cron expression ${timing.expression}`;
    case "available":
      return sayAvailable(timing);
  }
}

function sayAvailable(timing: Extract<Timing, { kind: "available" }>): string {
  const when = [
    "online",
    ...(timing.onMains ? ["on mains power"] : []),
    ...(timing.notMetered ? ["not on a metered network"] : []),
  ];
  const every = timing.everyHours === 1 ? "once an hour" : `every ${timing.everyHours} hours`;
  return `When ${listed(when)}, at most ${every}`;
}

function sayMonthly({ days, lastDay, nth }: Extract<Timing, { kind: "monthly" }>): string {
  const parts = [
    ...[...days].sort((a, b) => a - b).map(ordinal),
    ...nth.map((one) => `${NTH[one.nth]} ${WEEKDAYS[one.weekday - 1]}`),
    ...(lastDay ? ["last day"] : []),
  ];
  return `On the ${listed(parts)}`;
}

/** Three or more in a row as a span. */
function sayWeekdays(weekdays: readonly number[]): string {
  const sorted = [...new Set(weekdays)].sort((a, b) => a - b);
  if (sorted.length === 7) return "Every day";
  const name = (day: number | undefined) => WEEKDAYS[(day ?? 1) - 1] ?? "";
  const inRow = sorted.every((day, at) => at === 0 || day === (sorted[at - 1] ?? 0) + 1);
  if (inRow && sorted.length > 2) return `${name(sorted[0])} to ${name(sorted.at(-1))}`;
  return listed(sorted.map(name));
}

function sayTimes(times: readonly string[]): string {
  return listed([...times].sort());
}

function ordinal(day: number): string {
  const ending = day % 10 === 1 && day !== 11 ? "st" : day % 10 === 2 && day !== 12 ? "nd" : "th";
  return `${day}${day % 10 === 3 && day !== 13 ? "rd" : ending}`;
}

function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? "";
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
