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
  return startOf(filters.from) !== null || startOf(filters.to) !== null;
}

/** Where the file of the same entries is. */
export function exportHref(filters: JournalFilters, format: "csv" | "jsonl"): string {
  const query = new URLSearchParams({ format });
  for (const [key, value] of Object.entries(filterOf(filters)))
    query.set(key, value instanceof Date ? value.toISOString() : value);
  return `/api/journal/export?${query}`;
}

function filterOf({ search, group, person, clientId, from, to }: JournalFilters) {
  const since = startOf(from);
  const until = startOf(to, 1);
  return {
    ...(typeof search === "string" && search.trim() ? { search: search.trim().slice(0, 200) } : {}),
    ...(isJournalGroup(group) ? { group } : {}),
    ...(isIdText(person) ? { person } : {}),
    ...(isIdText(clientId) ? { clientId } : {}),
    ...(since ? { from: since } : {}),
    ...(until ? { to: until } : {}),
  };
}

/** The first moment of a day written `2026-11-23`, or of one some days later. */
function startOf(day: string | string[] | null | undefined, later = 0): Date | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typeof day === "string" ? day : "") ?? [];
  if (!year) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(at.getTime()) ? null : at;
}
