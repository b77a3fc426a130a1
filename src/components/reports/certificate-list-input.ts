import { DRILL_OUTCOMES, type DrillOutcome } from "~/domain/drill";
import { isIdText } from "~/domain/id-text";

/** The filters of the Reports page, by their names in the address. */
export const CERTIFICATE_FILTERS = ["clientId", "planId", "outcome"] as const;
type Filters = Partial<Record<(typeof CERTIFICATE_FILTERS)[number], string | string[] | null>>;

/** The list request for what stands in the address; what is not understood there filters nothing. */
export function certificateListInput(filters: Filters) {
  return {
    limit: 50,
    ...(isIdText(filters.clientId) ? { clientId: filters.clientId } : {}),
    ...(isIdText(filters.planId) ? { planId: filters.planId } : {}),
    ...(isOutcome(filters.outcome) ? { outcome: filters.outcome } : {}),
  };
}

function isOutcome(text: unknown): text is DrillOutcome {
  return (DRILL_OUTCOMES as readonly unknown[]).includes(text);
}
