import type { JobKind, JobState } from "~/domain/job";

/** What the first steps ask: whether there is any plan, and any restore that worked. The page asks the same ahead. */
export const FIRST_PLAN = { limit: 1 };
export const FIRST_RESTORE: { kinds: JobKind[]; states: JobState[]; limit: number } = {
  kinds: ["restore"],
  states: ["succeeded", "warned"],
  limit: 1,
};
