import type { AlertKind, AlertSeverity } from "~/domain/alert";
import { ALERT_KIND_WORDS } from "~/domain/alert-words";
import { isIdText } from "~/domain/id-text";

/** The filters of the Alerts page, by their names in the address. */
export const ALERT_FILTERS = ["search", "which", "severity", "kind", "clientId"] as const;
type Filters = Partial<Record<(typeof ALERT_FILTERS)[number], string | string[] | null>>;

/** What is open comes first: it is what one opens the page for. */
export const WHICH_CHOICES = [
  { value: "open", label: "Open", given: { open: true } },
  { value: "new", label: "Not acknowledged", given: { open: true, acknowledged: false } },
  { value: "past", label: "Past", given: { open: false } },
  { value: "all", label: "All", given: {} },
] as const;

export const SEVERITY_CHOICES = [
  { value: "loud", label: "Serious or critical", severities: ["serious", "critical"] },
  { value: "warning", label: "Warnings", severities: ["warning"] },
  { value: "info", label: "For information", severities: ["info"] },
] as const satisfies readonly { value: string; label: string; severities: readonly AlertSeverity[] }[];

export const KIND_CHOICES = Object.entries(ALERT_KIND_WORDS).map(([value, label]) => ({ value, label }));

/** The list request for what stands in the address; what is not understood there filters nothing. Without `which`: what is open. */
export function alertListInput(filters: Filters) {
  const which = WHICH_CHOICES.find((choice) => choice.value === filters.which) ?? WHICH_CHOICES[0];
  const severities = SEVERITY_CHOICES.find((choice) => choice.value === filters.severity)?.severities;
  const search = typeof filters.search === "string" ? filters.search.trim().slice(0, 100) : "";
  return {
    limit: 50,
    ...which.given,
    ...(severities ? { severities: [...severities] } : {}),
    ...(isKind(filters.kind) ? { kind: filters.kind } : {}),
    ...(isIdText(filters.clientId) ? { clientId: filters.clientId } : {}),
    ...(search ? { search } : {}),
  };
}

function isKind(text: unknown): text is AlertKind {
  return typeof text === "string" && Object.hasOwn(ALERT_KIND_WORDS, text);
}
