import { isIdText } from "~/domain/id-text";

/** The filters of the Plans page, by their names in the address. */
export const PLAN_FILTERS = ["clientId", "repositoryId"] as const;
export type PlanFilters = Partial<Record<(typeof PLAN_FILTERS)[number], string | string[] | null>>;

/** The list request for what stands in the address; what is not understood there filters nothing. */
export function planListInput(filters: PlanFilters) {
  return {
    limit: 50,
    ...(isIdText(filters.clientId) ? { clientId: filters.clientId } : {}),
    ...(isIdText(filters.repositoryId) ? { repositoryId: filters.repositoryId } : {}),
  };
}
