import type { JournalAction } from "~/domain/journal-action";
import type { StoredEntry } from "./entry-hash";

/** What comes over the network from somebody whom nobody knows; other entries without an actor were made on the server itself. */
const BY_STRANGERS: readonly JournalAction[] = [
  "sign-in.failed",
  "second-factor.failed",
  "password.reset.asked",
  "password.reset",
  "user.joined",
  "agent.refused",
];

/** Who did it, in words: a person's name, a machine's, "the server". */
export function whoDidIt(
  entry: Pick<StoredEntry, "actorKind" | "actorId" | "actorName" | "action" | "detail">,
) {
  const { actorKind, actorId, actorName, action, detail } = entry;
  switch (actorKind) {
    case "user":
      return actorName ?? `a person who is gone (${actorId})`;
    case "agent":
      return `the agent of ${actorName ?? actorId}`;
    case "worker":
      return "the server";
    case "nobody":
      if (typeof detail.address === "string") return `somebody at ${detail.address}`;
      return BY_STRANGERS.includes(action) ? "somebody not signed in" : "somebody on the server itself";
  }
}
