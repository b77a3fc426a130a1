import { type DecidedRun, decideDue } from "~/domain/decide-due";
import type { JobKind } from "~/domain/job";
import { type DueVerdict, judgeDueBackup } from "~/domain/judge-due-backup";
import { seedOf, startBy } from "~/domain/next-run";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { endUnbegun, START_BY_PASSED } from "../jobs/end-unbegun";
import { enqueueJobs, type NewJob } from "../jobs/enqueue-job";
import { recordDecisions, type ScheduleDecision } from "../schedules/record-decisions";
import { skipRuns } from "../schedules/skip-runs";
import { backupPayload } from "./backup-payload";
import { type DuePlan, takeDuePlans } from "./due-facts";
import { holdInBlackouts } from "./hold-in-blackouts";

/** Schedules in one transaction: a handful of statements for all of them, held for some tens of milliseconds. */
const AT_ONCE = 500;
/** Rounds of one look; what is left comes at the next. */
const MOST_ROUNDS = 40;

/**
 * Queues the backups whose time has come, and writes down what became of every due time: queued once, or skipped with the reason. A tick of
 * the worker; any number of them may run at once, and one that dies in the middle has done nothing of what it did not commit. Every due
 * time of a schedule is decided exactly once (the primary key of `schedule_runs`), also when the clock is put back. What did not begin by
 * its deadline is ended first, so that it is not in the way of its successor.
 */
export async function startDueBackups(ctx: Ctx): Promise<{ queued: number; skipped: number }> {
  let skipped = await skipUnbegun(ctx);
  let queued = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const done = await ctx.db.transaction((tx) => decideBatch({ ...ctx, db: tx }));
    queued += done.queued;
    skipped += done.skipped;
    if (done.taken < AT_ONCE) break;
  }
  await holdInBlackouts(ctx);
  return { queued, skipped };
}

async function skipUnbegun(ctx: Ctx): Promise<number> {
  let skipped = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const ended = await ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      const late = await endUnbegun(inTx, { most: AT_ONCE });
      const reason = { code: START_BY_PASSED, say: "It waited, and could not begin by its deadline." };
      await skipRuns(inTx, { runIds: late.runIds, reason });
      skipped += late.runIds.length;
      return late.ended;
    });
    if (ended < AT_ONCE) break;
  }
  return skipped;
}

async function decideBatch(ctx: Ctx): Promise<{ taken: number; queued: number; skipped: number }> {
  const { taken, due } = await takeDuePlans(ctx, AT_ONCE);
  if (due.length === 0) return { taken, queued: 0, skipped: 0 };
  const decided = due.map((one) => decide(one, ctx.now));
  const begin = await recordDecisions(
    ctx,
    decided.map(({ decision }) => decision),
  );
  const jobs = decided.filter(({ decision }) => begin.has(decision.scheduleId)).flatMap((one) => one.jobs);
  await enqueueJobs(ctx, jobs);
  const runs = decided.flatMap(({ decision }) => decision.runs);
  return { taken, queued: begin.size, skipped: runs.filter(({ outcome }) => outcome === "skipped").length };
}

function decide(one: DuePlan, now: Date): { decision: ScheduleDecision; jobs: NewJob<JobKind>[] } {
  const { schedule, facts } = one;
  const verdict = judgeDueBackup(facts);
  const given = {
    schedule: schedule.schedule,
    seed: seedOf(schedule),
    nextDueAt: schedule.nextDueAt,
    hindrance: verdict.hindrance,
  };
  const { runs, next } = decideDue(given, now);
  const last = runs.at(-1);
  const runId = newId();
  const decision = {
    ...{ scheduleId: schedule.id, clientId: schedule.clientId, runId },
    runs: last?.outcome === "queued" ? [...runs.slice(0, -1), { ...last, reason: verdict.without }] : runs,
    next: verdict.over ? null : next,
  };
  return { decision, jobs: last?.outcome === "queued" ? jobsOf(one, verdict, last, { runId, now }) : [] };
}

/** One for each repository, in one run. */
function jobsOf(
  { plan, schedule }: DuePlan,
  verdict: DueVerdict,
  { dueAt }: DecidedRun,
  { runId, now }: { runId: string; now: Date },
): NewJob<"backup">[] {
  return verdict.into.map(({ id }) => ({
    kind: "backup",
    ...{ runId, clientId: plan.clientId, planId: plan.id, repositoryId: id },
    ...{ dueAt, startBy: startBy(schedule.schedule, dueAt) },
    ...backupPayload(plan, now),
  }));
}
