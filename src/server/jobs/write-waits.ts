import { inArray } from "drizzle-orm";
import type { Verdict } from "~/domain/admission";
import type { JobState } from "~/domain/job";
import type { JobProblem } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { announceAll } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { type Judged, standsInLine } from "./in-turn";
import type { Seeker } from "./places";

/** A job as it waits, with what stands on it so far. */
interface WaitingRow extends Seeker {
  state: JobState;
  problem: JobProblem | null;
}

interface Wait {
  state: "blocked" | "queued";
  why: JobProblem;
  turnAt: Date | null;
}

/**
 * Writes why jobs wait, where it is another reason than before: one statement for all that wait for the same, however many of a machine's
 * jobs that are.
 */
export async function writeWaits(
  ctx: Ctx,
  given: { clientId: string; judged: readonly Judged<WaitingRow>[] },
): Promise<void> {
  const groups = new Map<string, { wait: Wait; ids: string[] }>();
  for (const { row, verdict } of given.judged) {
    const wait = waitOf(ctx, row, verdict);
    if (!wait || isKnown(row, wait)) continue;
    const key = JSON.stringify(wait);
    const group = groups.get(key) ?? { wait, ids: [] };
    group.ids.push(row.id);
    groups.set(key, group);
  }
  for (const { wait, ids } of groups.values()) {
    const { state, turnAt, why } = wait;
    await ctx.db.update(jobs).set({ state, turnAt, problem: why }).where(inArray(jobs.id, ids));
  }
  const changed = [...groups.values()].flatMap(({ ids }) => ids);
  await announceAll(
    ctx.db,
    changed.map((id) => ({ entity: "job" as const, id, clientId: given.clientId })),
  );
}

function waitOf(ctx: Ctx, row: WaitingRow, verdict: Verdict): Wait | null {
  if (verdict.kind === "hand-out") return null;
  const state = verdict.kind === "block" ? "blocked" : "queued";
  return { state, why: verdict.why, turnAt: standsInLine(verdict) ? (row.turnAt ?? ctx.now) : null };
}

function isKnown(row: WaitingRow, wait: Wait): boolean {
  const sameTurn = row.turnAt?.getTime() === wait.turnAt?.getTime();
  return row.state === wait.state && row.problem?.code === wait.why.code && sameTurn;
}
