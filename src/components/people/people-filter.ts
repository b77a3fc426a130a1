import type { PersonRow } from "./people-api";

/** States as people are filtered by, with the words of their badges. */
export const PERSON_STATES: readonly { value: PersonRow["state"]; label: string }[] = [
  { value: "active", label: "Active" },
  { value: "pending", label: "Waits to be let in" },
  { value: "disabled", label: "Disabled" },
];

/** The list's input from the address, the same on the server and in the browser, so that both name one query. */
export function peopleFilter(given: Record<string, string | string[] | null | undefined>): {
  search?: string;
  state?: PersonRow["state"];
} {
  const { search } = given;
  const state = PERSON_STATES.find((choice) => choice.value === given.state)?.value;
  return {
    ...(typeof search === "string" && search.trim() !== "" ? { search: search.trim() } : {}),
    ...(state ? { state } : {}),
  };
}

/** Those who wait for an admin, shown on top of the page. */
export const WHO_WAITS = { state: "pending", limit: 50 } as const;
