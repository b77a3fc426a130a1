import type { ClientState } from "~/components/ui/state-badge";

/** Client states as they are filtered by, with the words of their badges. */
export const CLIENT_STATES: readonly { value: ClientState; label: string }[] = [
  { value: "problem", label: "Problem" },
  { value: "offline", label: "Offline" },
  { value: "online", label: "Online" },
  { value: "preparing", label: "Preparing" },
  { value: "waiting", label: "Waiting" },
];

/** The list's input from the address, the same on the server and in the browser, so that both name one query. */
export function clientFilter(given: Record<string, string | string[] | null | undefined>): {
  search?: string;
  state?: ClientState;
  tag?: string;
  sort?: "next-run";
} {
  const { search, tag, sort } = given;
  const state = CLIENT_STATES.find((choice) => choice.value === given.state)?.value;
  return {
    ...(typeof search === "string" && search.trim() !== "" ? { search: search.trim() } : {}),
    ...(state ? { state } : {}),
    ...(typeof tag === "string" && tag !== "" ? { tag } : {}),
    ...(sort === "next-run" ? { sort } : {}),
  };
}
