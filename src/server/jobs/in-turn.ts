import type { Verdict } from "~/domain/admission";
import { isPlaced, LIMIT_CODES } from "~/domain/queue-limits";
import type { Ctx } from "../context";
import { openPlaces, type Seeker } from "./places";

/** A job that waits, and what its machine's own situation says about it. */
export interface Judged<Row extends Seeker = Seeker> {
  row: Row;
  verdict: Verdict;
}

/**
 * What may begin as far as its machine goes begins only where the queue has a place for it and it is its turn; else it stands in line. The
 * transaction must go on to write these verdicts: the places are held for it.
 */
export async function inTurn<Row extends Seeker>(
  ctx: Ctx,
  machine: { clientId: string; storageNodeId: string },
  judged: readonly Judged<Row>[],
): Promise<Judged<Row>[]> {
  const seeking = judged.some(({ row, verdict }) => verdict.kind === "hand-out" && isPlaced(row.lane));
  if (!seeking) return [...judged];
  const places = await openPlaces(ctx, machine);
  const settled: Judged<Row>[] = [];
  for (const { row, verdict } of judged) {
    const why = verdict.kind === "hand-out" ? await places.refuse(row) : null;
    settled.push({ row, verdict: why ? { kind: "wait", why } : verdict });
  }
  return settled;
}

/** Whether a job waits for nothing but a place. */
export function standsInLine(verdict: Verdict): boolean {
  return verdict.kind === "wait" && LIMIT_CODES.includes(verdict.why.code);
}

/** Whether one of them stood in line and does no more: by going, or for another reason. Then a free place may be the next one's. */
export function someLeftTheLine(judged: readonly Judged[]): boolean {
  return judged.some(({ row, verdict }) => row.turnAt !== null && !standsInLine(verdict));
}
