import { z } from "zod";

const count = z.number().int().min(0).max(10_000);

/** What a plan keeps: the newest `last`, everything of `withinHours`, and the newest of each of so many hours, days ... that have one. */
export const keepRules = z.object({
  last: count,
  withinHours: z.number().int().min(0).max(876_000),
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
});
export type KeepRules = z.output<typeof keepRules>;
