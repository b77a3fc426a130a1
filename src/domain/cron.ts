import { nextDayOfMonths } from "./days-of-months";

/** What a cron expression means. Days of the week are 1 Monday to 7 Sunday, months 0 January to 11 December. */
export interface Cron {
  /** Minutes of the day at which it is due on a day that fits, ascending. */
  minutesOfDay: readonly number[];
  /** Due in every hour: then also in both of an hour that comes twice. */
  everyHour: boolean;
  nextDay(from: number): number | null;
}

/** Closer together than anything else may be due either. */
const LEAST_MINUTES = 5;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS = [
  { label: "minute", least: 0, most: 59, names: [] },
  { label: "hour", least: 0, most: 23, names: [] },
  { label: "day of the month", least: 1, most: 31, names: [] },
  { label: "month", least: 1, most: 12, names: MONTHS },
  { label: "day of the week", least: 0, most: 7, names: WEEKDAYS },
] as const;
type Field = (typeof FIELDS)[number];

/**
 * Reads five fields as crontab(5) does: lists, ranges, steps, names of months and weekdays, 0 and 7 are Sunday. If neither of the two day
 * fields begins with a star, one of them is enough. Answers what is wrong, for the person, instead of throwing: also for what never comes
 * (31 February) and for what comes more often than every five minutes.
 */
export function readCron(expression: string): { cron: Cron } | { wrong: string } {
  const words = expression.trim().toLowerCase().split(/\s+/);
  if (words.length !== FIELDS.length)
    return { wrong: "Write five fields: minute, hour, day of the month, month, day of the week." };
  const sets: Set<number>[] = [];
  for (const [at, field] of FIELDS.entries()) {
    const values = readField(words[at] ?? "", field);
    if (!values) {
      return {
        wrong: `The ${field.label} “${words[at]}” is not understood: ${field.least} to ${field.most}.`,
      };
    }
    sets.push(values);
  }
  const [minutes = new Set(), hours = new Set(), days = new Set(), months = new Set(), weekdays = new Set()] =
    sets;
  const either = !words[2]?.startsWith("*") && !words[4]?.startsWith("*");
  const minutesOfDay = [...hours]
    .flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute))
    .sort((a, b) => a - b);
  if (isTooOften(minutesOfDay)) return { wrong: `At most every ${LEAST_MINUTES} minutes.` };
  const nextDay = (from: number) =>
    nextDayOfMonths(
      from,
      (month) => months.has(month + 1),
      ({ day, weekday }) => {
        const ofWeek = weekdays.has(weekday % 7) || (weekday === 7 && weekdays.has(7));
        return either ? days.has(day) || ofWeek : days.has(day) && ofWeek;
      },
    );
  if (nextDay(0) === null) return { wrong: "There is no such day: it would never run." };
  return { cron: { minutesOfDay, everyHour: hours.size === 24, nextDay } };
}

function isTooOften(minutesOfDay: readonly number[]): boolean {
  return minutesOfDay.some((minute, at) => {
    const before = minutesOfDay[at - 1];
    return before !== undefined && minute - before < LEAST_MINUTES;
  });
}

/** The values of one field; null: not understood. */
function readField(text: string, field: Field): Set<number> | null {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [, range, step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const ends = range === undefined ? null : readRange(range, field, step !== undefined);
    const every = step === undefined ? 1 : Number(step);
    if (!ends || every < 1) return null;
    for (let value = ends.from; value <= ends.to; value += every) values.add(value);
  }
  return values;
}

function readRange(text: string, field: Field, hasStep: boolean): { from: number; to: number } | null {
  if (text === "*") return { from: field.least, to: field.label === "day of the week" ? 6 : field.most };
  const [first = "", second, ...more] = text.split("-");
  const from = readValue(first, field);
  const to = second === undefined ? (hasStep ? field.most : from) : readValue(second, field);
  if (from === null || to === null || more.length > 0 || from > to) return null;
  return { from, to };
}

function readValue(text: string, { least, most, names }: Field): number | null {
  const named = (names as readonly string[]).indexOf(text);
  if (named >= 0) return named + (least === 1 ? 1 : 0);
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
