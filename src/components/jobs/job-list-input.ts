import { startOfDay } from "~/components/ui/start-of-day";
import { isIdText } from "~/domain/id-text";
import { ENDED_STATES, JOB_KINDS, type JobKind, type JobState } from "~/domain/job";

/** The filters of the Jobs page, by their names in the address. */
export const JOB_FILTERS = [
  "search",
  "state",
  "kind",
  "clientId",
  "planId",
  "repositoryId",
  "from",
  "to",
] as const;
export type JobFilters = Partial<Record<(typeof JOB_FILTERS)[number], string | string[] | null>>;

/** What one may choose as state: a person asks "what runs" and "what went wrong", not for single states. */
export const STATE_CHOICES = [
  { value: "active", label: "Active", states: ["queued", "assigned", "running", "blocked"] },
  { value: "attention", label: "Failed or with warnings", states: ["failed", "warned"] },
  { value: "failed", label: "Failed", states: ["failed"] },
  { value: "warned", label: "With warnings", states: ["warned"] },
  { value: "succeeded", label: "Succeeded", states: ["succeeded"] },
  { value: "cancelled", label: "Cancelled", states: ["cancelled"] },
  { value: "ended", label: "Ended", states: [...ENDED_STATES] },
] as const satisfies readonly { value: string; label: string; states: readonly JobState[] }[];

/** The list request for what stands in the address; what is not understood there filters nothing. */
export function jobListInput(filters: JobFilters) {
  const from = startOfDay(filters.from);
  const to = startOfDay(filters.to, 1);
  const states = STATE_CHOICES.find((choice) => choice.value === filters.state)?.states;
  return {
    limit: 50,
    ...(typeof filters.search === "string" && filters.search.trim()
      ? { search: filters.search.trim().slice(0, 200) }
      : {}),
    ...(states ? { states: [...states] } : {}),
    ...(isKind(filters.kind) ? { kinds: [filters.kind] } : {}),
    ...(isIdText(filters.clientId) ? { clientId: filters.clientId } : {}),
    ...(isIdText(filters.planId) ? { planId: filters.planId } : {}),
    ...(isIdText(filters.repositoryId) ? { repositoryId: filters.repositoryId } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** Days are those of the place where this runs: the server leaves such a list to the browser. */
export function isForBrowser(filters: JobFilters): boolean {
  return startOfDay(filters.from) !== null || startOfDay(filters.to) !== null;
}

function isKind(text: unknown): text is JobKind {
  return typeof text === "string" && Object.hasOwn(JOB_KINDS, text);
}
