import { z } from "zod";

const count = z.number().int().min(0).max(10_000);

/**
 * What a plan keeps: the newest `last`, everything of `withinHours`, and the newest of each of so many minutes, hours, days ... that have one.
 * Where all that comes to fewer than `neverFewerThan`, the newest of the others stay too, until there are so many. By itself it asks for nothing to go.
 */
export const keepRules = z.object({
  last: count,
  withinHours: z.number().int().min(0).max(876_000),
  minutely: count.default(0),
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  neverFewerThan: count.default(0),
});
