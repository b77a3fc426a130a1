import type { Evidence } from "~/domain/tamper";
import type { SessionRow } from "./session-row";

/** An incident in one sentence. */
export function sayWhatHappened(
  incident: { evidence: readonly Evidence[]; lastCleanAt: Date | null; lastCleanArchives: number },
  _sessions: readonly SessionRow[],
): string {
  return incident.evidence.map((one) => one.kind).join(", ");
}
