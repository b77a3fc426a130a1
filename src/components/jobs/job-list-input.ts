import { isIdText } from "~/domain/id-text";
import { ENDED_STATES, JOB_KINDS, type JobKind, type JobState } from "~/domain/job";

/** The filters of the Jobs page, by their names in the address. */
export const JOB_FILTERS = ["state", "kind", "clientId", "planId", "repositoryId"] as const;
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
  const states = STATE_CHOICES.find((choice) => choice.value === filters.state)?.states;
  return {
    limit: 50,
    ...(states ? { states: [...states] } : {}),
    ...(isKind(filters.kind) ? { kinds: [filters.kind] } : {}),
    ...(isIdText(filters.clientId) ? { clientId: filters.clientId } : {}),
    ...(isIdText(filters.planId) ? { planId: filters.planId } : {}),
    ...(isIdText(filters.repositoryId) ? { repositoryId: filters.repositoryId } : {}),
  };
}

function isKind(text: unknown): text is JobKind {
  return typeof text === "string" && Object.hasOwn(JOB_KINDS, text);
}
