import { createHash } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { expect, it, vi } from "vitest";
import { blackoutEndAt, nextRun, runAt, startBy } from "~/domain/next-run";
import { nextTry } from "~/domain/retry-policy";
import { jobs } from "~/server/db/schema/jobs";
import { scheduleRuns, schedules } from "~/server/db/schema/schedules";
import { FORTNIGHT_START, type Fortnight, liveThrough, type Pause } from "~tests/support/fortnight";

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 120_000 });

const SOAK = process.env.SOAK === "1";
const SEED = Number(process.env.SEED ?? 20261020);
const WHOLE = {
  seed: SEED,
  clients: 200,
  days: 14,
  stepMinutes: SOAK ? 20 : 300,
  realAgents: SOAK ? 200 : 4,
};
/** For the comparison of two histories. */
const SHORT = SOAK ? WHOLE : { ...WHOLE, days: 2 };

it(`accounts for every due time of a fortnight exactly once (SEED=${SEED})`, async () => {
  const fortnight = await liveThrough(WHOLE);
  const { crashes, backwards, absences, lostLeases } = fortnight.told;
  expect(Math.min(crashes, backwards, absences, lostLeases)).toBeGreaterThan(0);
  const runs = await runsOf(fortnight);
  const made = await backupsOf(fortnight);
  const count = { queued: 0, skipped: 0 };
  for (const machine of fortnight.machines) {
    const own = runs.filter(({ scheduleId }) => scheduleId === machine.scheduleId);
    for (const { outcome } of own) count[outcome]++;
    if (machine.schedule.timing.kind === "available") checkAvailable(machine, own);
    else await checkCalendar(fortnight, machine, own);
    checkJobs(
      machine,
      own,
      made.filter(({ planId }) => planId === machine.planId),
    );
  }
  const resumed = [...fortnight.pauses.values()].filter(({ to }) => to !== null);
  expect(resumed.length).toBeGreaterThan(8);
  expect(checkTries(made)).toBeGreaterThan(20);
  // Nothing that came from a calendar stands for no due time.
  const told = new Set(runs.map(({ runId, dueAt }) => `${runId} ${dueAt.getTime()}`));
  expect(made.filter(({ runId, dueAt }) => !told.has(`${runId} ${dueAt?.getTime()}`))).toEqual([]);
  expect(count.queued).toBeGreaterThan(1000);
  expect(count.skipped).toBeGreaterThan(300);
  expect(new Set(runs.flatMap(({ reason }) => reason?.code ?? [])).size).toBeGreaterThanOrEqual(3);
});

it("is the same history for the same seed, and another for another", async () => {
  const [one, two, other] = [
    await liveThrough(SHORT),
    await liveThrough(SHORT),
    await liveThrough({ ...SHORT, days: 1, seed: SEED + 1 }),
  ];
  expect(await hashOf(two)).toBe(await hashOf(one));
  expect(await hashOf(other)).not.toBe(await hashOf(one));
});

type Run = typeof scheduleRuns.$inferSelect;
type Job = typeof jobs.$inferSelect;
type Machine = Fortnight["machines"][number];

const runsOf = ({ database }: Fortnight) =>
  database.pool.db.select().from(scheduleRuns).orderBy(asc(scheduleRuns.scheduleId), asc(scheduleRuns.dueAt));
const backupsOf = ({ database }: Fortnight) =>
  database.pool.db
    .select()
    .from(jobs)
    .where(eq(jobs.kind, "backup"))
    .orderBy(asc(jobs.planId), asc(jobs.repositoryId), asc(jobs.createdAt));

/**
 * Every due time that has come has its row, none has two, and the next one is known and still to come. Of a pause only what could not have
 * been decided before it has none: nothing is made up for when it is over.
 */
async function checkCalendar(
  { database, end, pauses }: Fortnight,
  { schedule, scheduleId, planId }: Machine,
  own: readonly Run[],
) {
  const pause = pauses.get(scheduleId);
  const [row] = await database.pool.db.select().from(schedules).where(eq(schedules.id, scheduleId));
  const due: Date[] = [];
  let next = nextRun(schedule, FORTNIGHT_START);
  const paused = pause ? pausedSpan(pause, own) : null;
  if (pause && pause.to === null) {
    expect(row?.nextDueAt, scheduleId).toBeNull();
    expect(own.filter(({ decidedAt }) => decidedAt > pause.from)).toEqual([]);
    return;
  }
  while (next && row?.nextDueAt && next < row.nextDueAt) {
    const isPaused = paused !== null && next > paused.after && next <= paused.upTo;
    if (!isPaused) due.push(next);
    else if (pause && next <= pause.from) {
      // It could not begin before the pause yet.
      const at = runAt(schedule, next, planId, pause.lookedAt)?.getTime() ?? Number.POSITIVE_INFINITY;
      expect(at, scheduleId).toBeGreaterThan(pause.lookedAt.getTime());
    }
    next = nextRun(schedule, next);
  }
  expect(row?.nextDueAt, scheduleId).toEqual(next);
  const told = `${scheduleId} ${JSON.stringify(schedule)}`;
  expect(
    own.map(({ dueAt }) => dueAt.toISOString()),
    told,
  ).toEqual(due.map((at) => at.toISOString()));
  // Put off to the end of a blackout, or not due yet.
  expect(row?.nextRunAt && row.nextRunAt > end, told).toBe(true);
  if (row?.nextDueAt && row.nextDueAt < end) {
    expect(
      runAt(schedule, row.nextDueAt, planId, end)?.getTime() ?? Number.POSITIVE_INFINITY,
      told,
    ).toBeGreaterThan(end.getTime());
  }
}

/** From the newest due time that was decided before a pause to its end: what lies between is due to nobody. */
function pausedSpan(pause: Pause, own: readonly Run[]): { after: Date; upTo: Date } {
  const before = own.filter(({ decidedAt }) => decidedAt <= pause.from).at(-1);
  return { after: before?.dueAt ?? new Date(0), upTo: pause.to ?? new Date(0) };
}

/** What was cut off is tried again, unless it was tried often enough, would come too late, or a newer one does its work. Answers how many were. */
function checkTries(made: readonly Job[]): number {
  let again = 0;
  for (const job of made) {
    const next = made.filter(({ retryOf }) => retryOf === job.id);
    const due =
      job.state === "failed" && job.problem && job.endedAt
        ? nextTry({ ...job, restoresIntoOwnFolder: false }, job.problem.code, job.endedAt)
        : null;
    const newer = made.some(
      (one) =>
        one.planId === job.planId &&
        one.repositoryId === job.repositoryId &&
        one.createdAt > job.createdAt &&
        one.retryOf !== job.id,
    );
    const told = `${job.id} ${job.problem?.code} ${job.tries}`;
    if (next.length > 0 || (due && !newer)) {
      expect(next, told).toHaveLength(1);
      expect(next[0], told).toMatchObject({ runId: job.runId, tries: job.tries + 1, dueAt: job.dueAt });
      again++;
    }
  }
  return again;
}

/** One after the other, so many hours after the last one that ran. */
function checkAvailable({ schedule, scheduleId }: Machine, own: readonly Run[]) {
  if (schedule.timing.kind !== "available") return;
  const pause = schedule.timing.everyHours * 3_600_000;
  for (const [at, run] of own.entries()) {
    const before = own[at - 1];
    const since = run.dueAt.getTime() - (before?.dueAt ?? FORTNIGHT_START).getTime();
    expect(since, scheduleId).toBeGreaterThanOrEqual(pause);
  }
}

/** What is queued has one job for each repository that it went into; what is skipped has a reason and nothing that was done. */
function checkJobs({ schedule, scheduleId, planId }: Machine, own: readonly Run[], made: readonly Job[]) {
  for (const run of own) {
    const first = made.filter(({ runId, retryOf }) => runId === run.runId && retryOf === null);
    const told = `${scheduleId} ${run.dueAt.toISOString()} ${run.outcome}`;
    const by = startBy(schedule, run.dueAt)?.getTime() ?? Number.POSITIVE_INFINITY;
    if (run.outcome === "queued") {
      expect(first.length, told).toBeGreaterThan(0);
      expect(run.decidedAt.getTime(), told).toBeLessThanOrEqual(by);
      expect(blackoutEndAt(schedule, run.decidedAt), told).toBeNull();
      for (const { startedAt } of first) expect(startedAt?.getTime() ?? 0, told).toBeLessThanOrEqual(by);
    } else expect(run.reason?.say, told).toBeTruthy();
    expect(new Set(first.map(({ repositoryId }) => repositoryId)).size, told).toBe(first.length);
    if (run.outcome === "skipped")
      expect(
        first.filter(({ lease, state }) => lease > 0 || state !== "cancelled"),
        told,
      ).toEqual([]);
  }
  // Never two of a plan into one repository at once.
  for (const [at, job] of made.entries()) {
    const before = made[at - 1];
    if (before?.repositoryId !== job.repositoryId) continue;
    expect(
      before.endedAt && before.endedAt <= job.createdAt,
      `${planId} ${job.createdAt.toISOString()}`,
    ).toBe(true);
  }
}

/** What happened, without the ids that are drawn anew each time. */
async function hashOf(fortnight: Fortnight): Promise<string> {
  const runs = (await runsOf(fortnight)).map(({ scheduleId, dueAt, outcome, reason, decidedAt }) => [
    scheduleId,
    dueAt,
    outcome,
    reason,
    decidedAt,
  ]);
  const made = (await backupsOf(fortnight)).map(
    ({ planId, repositoryId, dueAt, tries, state, createdAt, endedAt }) => [
      planId,
      repositoryId,
      dueAt,
      tries,
      state,
      createdAt,
      endedAt,
    ],
  );
  return createHash("sha256").update(JSON.stringify({ runs, made })).digest("hex");
}
