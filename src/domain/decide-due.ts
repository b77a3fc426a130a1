import { nextRun, type Planned, plannedFor, runAt, startBy } from "./next-run";
import type { Schedule } from "./schedule";

/** Why a due time came to nothing, as a code and for the person. */
export interface SkipReason {
  code: string;
  say: string;
}

/** What became of one due time. */
export interface DecidedRun {
  dueAt: Date;
  outcome: "queued" | "skipped";
  reason: SkipReason | null;
}

export interface DueDecision {
  /** Oldest first. At most one is queued, and it is the last. */
  runs: DecidedRun[];
  /** What is decided next: the same due time again if it was put off. Null: nothing is due any more. */
  next: Planned | null;
}

/** What stands in the way of beginning now. `skip`: this time comes to nothing; `wait` (only of an available one): look again soon. */
export type Hindrance = { kind: "skip"; reason: SkipReason } | { kind: "wait" } | null;

/** Due times of one schedule that are decided at once; the rest of a long absence comes at the next ticks. */
const MOST_AT_ONCE = 200;
/** How often a machine that is not there, or runs on battery, is looked at again. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Decides every due time of a schedule that has come, from `nextDueAt` on. After an absence the newest runs once and the others are
 * skipped; one whose deadline has passed is skipped; one that would begin in a blackout is put off to its end. Nothing is left out and
 * nothing is decided that has not come: the due times of `runs` and `next` follow one another without a gap.
 */
export function decideDue(
  given: { schedule: Schedule; seed: string; nextDueAt: Date; hindrance: Hindrance },
  now: Date,
): DueDecision {
  const { schedule, seed, hindrance } = given;
  if (schedule.timing.kind === "available") return decideAvailable(given, now);
  const come: Date[] = [];
  let due: Date | null = given.nextDueAt;
  while (due && come.length < MOST_AT_ONCE && plannedFor(schedule, due, seed).runAt <= now) {
    come.push(due);
    due = nextRun(schedule, due);
  }
  const newest = come.at(-1);
  const next = due && plannedFor(schedule, due, seed);
  if (!newest || (next && next.runAt <= now)) return { runs: come.map(superseded), next };
  const older = come.slice(0, -1).map(superseded);
  const at = runAt(schedule, newest, seed, now);
  const run = (reason: SkipReason | null): DueDecision => ({
    runs: [...older, { dueAt: newest, outcome: reason ? "skipped" : "queued", reason }],
    next,
  });
  if (at === null) return run(tooLate(schedule, newest, now));
  if (hindrance?.kind === "skip") return run(hindrance.reason);
  if (at <= now) return run(null);
  // Put off, but never past the next one: that one then runs instead.
  if (!next || at < next.runAt) return { runs: older, next: { dueAt: newest, runAt: at } };
  return { runs: [...older, superseded(newest)], next };
}

/** One at a time: so many hours after the last one that ran, as soon as the machine is there. */
function decideAvailable(
  { schedule, seed, nextDueAt, hindrance }: Parameters<typeof decideDue>[0],
  now: Date,
): DueDecision {
  const at = runAt(schedule, nextDueAt, seed, now);
  const after = () => {
    const dueAt = nextRun(schedule, now);
    return dueAt && plannedFor(schedule, dueAt, seed);
  };
  if (at === null) {
    const reason = tooLate(schedule, nextDueAt, now);
    return { runs: [{ dueAt: nextDueAt, outcome: "skipped", reason }], next: after() };
  }
  if (hindrance?.kind === "skip") {
    return { runs: [{ dueAt: nextDueAt, outcome: "skipped", reason: hindrance.reason }], next: after() };
  }
  const later = at > now ? at : hindrance ? new Date(now.getTime() + LOOK_AGAIN_MS) : null;
  if (later) return { runs: [], next: { dueAt: nextDueAt, runAt: later } };
  return { runs: [{ dueAt: nextDueAt, outcome: "queued", reason: null }], next: after() };
}

function superseded(dueAt: Date): DecidedRun {
  const say = "A later one was due before this could begin; that one took its place.";
  return { dueAt, outcome: "skipped", reason: { code: "superseded", say } };
}

function tooLate(schedule: Schedule, due: Date, now: Date): SkipReason {
  const by = startBy(schedule, due);
  if (by && by < now) return startByPassed(schedule);
  return { code: "blackout", say: "Its blackouts left it no time before its deadline." };
}

/** Why something that did not begin in time was skipped. */
export function startByPassed({ startWithinMinutes }: Pick<Schedule, "startWithinMinutes">): SkipReason {
  const within =
    startWithinMinutes === null ? "in time" : `within ${startWithinMinutes} minutes of the time it was due`;
  return { code: "start-by-passed", say: `It could not begin ${within}.` };
}
