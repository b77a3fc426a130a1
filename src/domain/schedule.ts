import { z } from "zod";
import { coverWeek } from "./blackouts";
import { readCron } from "./cron";
import { isZone } from "./zone";

/** A time of day on the wall clock of the schedule's zone, `00:00` to `23:59`. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Write the time as 21:30.");
/** 1 Monday to 7 Sunday, as ISO 8601 counts. */
export const weekday = z.number().int().min(1).max(7);
const times = z.array(timeOfDay).min(1, "Give at least one time.").max(24);
const cronExpression = z
  .string()
  .trim()
  .max(200)
  .superRefine((text, check) => {
    const read = readCron(text);
    if ("wrong" in read) check.addIssue({ code: "custom", message: read.wrong });
  });
const dayOfMonth = z.number().int().min(1).max(31);

/**
 * When something is due, on the wall clock of a zone. `every` counts from local midnight of 1970-01-01, so it never drifts and does not move
 * when the schedule is saved again: minutes in real time, hours and days on the wall clock. A day of the month that a month does not have is
 * left out; `last` is its last day. `domain/next-run` says what becomes of times that the clock skips or shows twice.
 */
export const timing = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("minutes"), every: z.number().int().min(5).max(1440) }),
  z.object({
    kind: z.literal("hours"),
    every: z.number().int().min(1).max(24),
    minute: z.number().int().min(0).max(59),
  }),
  z.object({ kind: z.literal("daily"), times }),
  z.object({
    kind: z.literal("weekly"),
    weekdays: z.array(weekday).min(1, "Choose at least one day.").max(7),
    times,
  }),
  z
    .object({
      kind: z.literal("monthly"),
      /** Any of these days; at least one of the three says something. */
      days: z.array(dayOfMonth).max(31),
      lastDay: z.boolean(),
      /** The first, second ... or (-1) last such weekday of the month. */
      nth: z
        .array(
          z.object({
            nth: z.union([
              z.literal(1),
              z.literal(2),
              z.literal(3),
              z.literal(4),
              z.literal(5),
              z.literal(-1),
            ]),
            weekday,
          }),
        )
        .max(10),
      times,
    })
    .refine(({ days, lastDay, nth }) => days.length > 0 || lastDay || nth.length > 0, {
      message: "Choose at least one day of the month.",
      path: ["days"],
    }),
  z.object({ kind: z.literal("days"), every: z.number().int().min(2).max(366), times }),
  /** Five fields, as in cron(8): minute hour day-of-month month day-of-week. */
  z.object({ kind: z.literal("cron"), expression: cronExpression }),
  /** For laptops: as soon as all conditions hold, at most every so many hours after the last one that ran. */
  z.object({
    kind: z.literal("available"),
    everyHours: z.number().int().min(1).max(720),
    onMains: z.boolean(),
    notMetered: z.boolean(),
  }),
]);
export type Timing = z.output<typeof timing>;

/** A time in which nothing begins, on the wall clock; `to` before `from` goes over midnight, equal is the whole day. */
export const blackout = z.object({
  weekdays: z.array(weekday).min(1).max(7),
  from: timeOfDay,
  to: timeOfDay,
});
export type Blackout = z.output<typeof blackout>;

/** A schedule as people set it. A thing without one runs only when somebody asks (manual). */
export const schedule = z.object({
  timing,
  /** IANA name. */
  zone: z.string().min(1).max(60).refine(isZone, "This is no time zone."),
  /** It begins up to so much later, by an amount that is always the same for one schedule: a fleet does not start at once. */
  spreadMinutes: z.number().int().min(0).max(1440),
  blackouts: z
    .array(blackout)
    .max(20)
    .refine((list) => !coverWeek(list), "These leave no time of the week in which anything could begin."),
  /** One that could not begin within so long after it was due is skipped, with the reason; null: it waits until it can. */
  startWithinMinutes: z.number().int().min(5).max(43_200).nullable(),
});
export type Schedule = z.output<typeof schedule>;
