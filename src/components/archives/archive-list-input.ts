import { isIdText } from "~/domain/id-text";

/** The filters of the Archives page, by their names in the address. */
export const ARCHIVE_FILTERS = ["search", "clientId", "planId", "repositoryId", "trashed"] as const;
export type ArchiveFilters = Partial<Record<(typeof ARCHIVE_FILTERS)[number], string | string[] | null>>;

/** The list request for what stands in the address; what is not understood there filters nothing. */
export function archiveListInput(filters: ArchiveFilters) {
  const { search } = filters;
  return {
    limit: 50,
    ...(typeof search === "string" && search.trim() !== "" ? { search: search.trim() } : {}),
    ...(isIdText(filters.clientId) ? { clientId: filters.clientId } : {}),
    ...(isIdText(filters.planId) ? { planId: filters.planId } : {}),
    ...(isIdText(filters.repositoryId) ? { repositoryId: filters.repositoryId } : {}),
    ...(filters.trashed === "yes" ? { trashed: true } : {}),
  };
}
