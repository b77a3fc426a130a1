import { startOfDay } from "~/components/ui/start-of-day";
import { isIdText } from "~/domain/id-text";
import { isJournalGroup } from "~/domain/journal-group";

/** The filters of the Journal page, by their names in the address. `entry`: the one that stands open. */
export const JOURNAL_FILTERS = ["search", "group", "person", "clientId", "from", "to"] as const;
export type JournalFilters = Partial<Record<(typeof JOURNAL_FILTERS)[number], string | string[] | null>>;

/** The list request for what stands in the address; what is not understood there filters nothing. */
export function journalListInput(filters: JournalFilters) {
  return { limit: 50, ...filterOf(filters) };
}

/** Days are those of the place where this runs: the server leaves them to the browser (`isForBrowser`). */
export function isForBrowser(filters: JournalFilters): boolean {
  return startOfDay(filters.from) !== null || startOfDay(filters.to) !== null;
}

/** Where the file of the same entries is. */
export function exportHref(filters: JournalFilters, format: "csv" | "jsonl"): string {
  const query = new URLSearchParams({ format });
  for (const [key, value] of Object.entries(filterOf(filters)))
    query.set(key, value instanceof Date ? value.toISOString() : value);
  return `/api/journal/export?${query}`;
}

function filterOf({ search, group, person, clientId, from, to }: JournalFilters) {
  const since = startOfDay(from);
  const until = startOfDay(to, 1);
  return {
    ...(typeof search === "string" && search.trim() ? { search: search.trim().slice(0, 200) } : {}),
    ...(isJournalGroup(group) ? { group } : {}),
    ...(isIdText(person) ? { person } : {}),
    ...(isIdText(clientId) ? { clientId } : {}),
    ...(since ? { from: since } : {}),
    ...(until ? { to: until } : {}),
  };
}
