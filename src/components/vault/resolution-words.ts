import { tellWork } from "~/domain/work-words";
import type { IncidentDetail } from "./vault-api";

/** What deciding an incident did, in sentences. */
export function resolutionWords(incident: Pick<IncidentDetail, "resolution" | "outcome">): string[] {
  const kind = incident.resolution === "accepted" ? "accept-state" : "roll-back";
  const sentences = tellWork(kind, incident.outcome ?? {});
  return sentences.length > 0 ? sentences : ["Nothing was reported about it."];
}
