import type { z } from "zod";
import type { keepRules } from "./keep-rules";
import { type LocalPlace, localCalendar } from "./local-calendar";

/** Rules as keep-rules.ts says them; types alone, so that a browser that only simulates loads no zod. */
export type KeepRules = z.output<typeof keepRules>;
/** As they may stand in an older row or come from an older caller: rules that came later are missing, and off. */
export type StoredKeepRules = z.input<typeof keepRules>;

/** The rules with every one of them said. */
export function allKeepRules(stored: StoredKeepRules): KeepRules {
  return { ...stored, minutely: stored.minutely ?? 0, neverFewerThan: stored.neverFewerThan ?? 0 };
}

/** Whether any rule keeps something by itself. Those that do not ask for nothing to be removed. */
export function keepsByRule({ neverFewerThan: _, ...rules }: KeepRules): boolean {
  return Object.values(rules).some((value) => value > 0);
}

/** What is never removed, whatever the rules say: the newest so many, and the first we saw of each week of so many days. */
export interface KeepFloor {
  newest: number;
  weeklyDays: number;
}

/** What the keeper is told at first (keeper/vault/vault-record), for a repository of which it has not told us yet. */
export const FIRST_FLOOR: KeepFloor = { newest: 3, weeklyDays: 90 };

/** An archive as retention looks at it. */
export interface RetainedArchive {
  id: string;
  /** When *we* saw it committed. What the client claims has no place here. */
  observedAt: Date;
  /** The backup job of this plan that made it; null: made by hand, by another plan, or by nobody we know. */
  backupJobId: string | null;
  /** Audited, clean, and under a seal. */
  sealed: boolean;
  isProtected: boolean;
}

/** The rules that count periods, from the finest. */
const PERIODS = {
  minutely: "minute",
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  yearly: "year",
} as const satisfies Partial<Record<keyof KeepRules, keyof LocalPlace>>;
type PeriodRule = keyof typeof PERIODS;

/** Why an archive is kept, or that nothing keeps it. `place`: the how-manieth newest of its rule it is, from 1. */
export type KeepReason =
  | { because: "last" | PeriodRule | "never-fewer" | "floor-newest"; place: number }
  | { because: "within" | "floor-weekly" | "protected" }
  /** Retention does not judge it: only sealed archives of the plan's own backups are. */
  | { because: "not-of-plan" | "not-sealed" }
  /** The rules are all zero, which asks for nothing to be removed. */
  | { because: "no-rules" }
  /** The only one of an archive that goes. */
  | { because: "nothing-keeps-it" };

export interface Mark {
  id: string;
  keep: boolean;
  /** All that apply, never empty. */
  reasons: KeepReason[];
}

export interface MarkContext {
  now: Date;
  /** IANA name. Hours, days, weeks (ISO), months and years are those of its wall clock. */
  zone: string;
  floor: KeepFloor;
}

const HOUR = 3_600_000;

/**
 * Decides which archives of a plan stay, newest first, each with every reason. Each rule counts by itself: an archive may be kept by
 * several, and a larger number in any rule keeps at least as much (`neverFewerThan`: at least as many). A period is represented by its newest archive; the weekly floor
 * (weeks in UTC, as the keeper's floor counts them) by the first we saw, which nothing that comes later in the week displaces.
 *
 * Who is judged, and who may fill a place: an archive that a backup job of this plan made, once, and that is sealed. Places are taken by
 * those only, so whatever else a client stores (junk by hand, back-dated, future-dated, under names that look like ours, ten thousand of
 * them, a second one under a job's name, one that no audit has passed) never takes a place from a good one: it is kept, and it is a person's to
 * remove. Of two that claim one job the first we saw is the job's. Junk that a client stores *as* the backup we ordered can fill one place for
 * each backup we order, no more; the weekly floor stands against that.
 *
 * Times are our own (`observedAt`): a client's clock moves nothing. What stands in the future of `now` (our clock was set back) counts as
 * new. Rules that keep nothing by themselves keep everything. Does not depend on the order of `archives`. O(n log n).
 */
export function markArchives(
  archives: readonly RetainedArchive[],
  stored: StoredKeepRules,
  context: MarkContext,
): Mark[] {
  const rules = allKeepRules(stored);
  const newestFirst = archives
    .map((archive): Entry => ({ archive, at: archive.observedAt.getTime(), reasons: [] }))
    .sort(compareNewestFirst);
  const firstIds = firstOfEachJob(newestFirst);
  const judged: Entry[] = [];
  for (const entry of newestFirst) {
    const { id, backupJobId, sealed, isProtected } = entry.archive;
    const ofPlan = backupJobId !== null && firstIds.get(backupJobId) === id;
    if (isProtected) entry.reasons.push({ because: "protected" });
    if (!ofPlan) entry.reasons.push({ because: "not-of-plan" });
    if (!sealed) entry.reasons.push({ because: "not-sealed" });
    if (ofPlan && sealed) judged.push(entry);
  }
  keepByCount(judged, rules, context);
  keepByPeriod(judged, rules, context.zone);
  keepByWeeklyFloor(judged, context);
  if (keepsByRule(rules)) keepNeverFewer(judged, rules.neverFewerThan);
  else for (const entry of judged) entry.reasons.push({ because: "no-rules" });
  return newestFirst.map(({ archive: { id }, reasons }) =>
    reasons.length > 0
      ? { id, keep: true, reasons }
      : { id, keep: false, reasons: [{ because: "nothing-keeps-it" }] },
  );
}

interface Entry {
  archive: RetainedArchive;
  at: number;
  reasons: KeepReason[];
}

function keepByCount(judged: readonly Entry[], rules: KeepRules, { now, floor }: MarkContext): void {
  const within = now.getTime() - rules.withinHours * HOUR;
  for (const [index, { at, reasons }] of judged.entries()) {
    const place = index + 1;
    if (place <= rules.last) reasons.push({ because: "last", place });
    if (rules.withinHours > 0 && at > within) reasons.push({ because: "within" });
    if (place <= floor.newest) reasons.push({ because: "floor-newest", place });
  }
}

function keepByPeriod(judged: readonly Entry[], rules: KeepRules, zone: string): void {
  const placeOf = localCalendar(zone);
  const counts = PERIOD_RULES.map((rule) => ({
    rule,
    period: PERIODS[rule],
    lowest: Number.POSITIVE_INFINITY,
    place: 0,
  }));
  for (const { at, reasons } of judged) {
    const local = placeOf(at);
    for (const count of counts) {
      const period = local[count.period];
      // Newest first, so periods fall; where clocks were set back over midnight one comes up again and counts once.
      if (period >= count.lowest) continue;
      count.lowest = period;
      count.place++;
      if (count.place <= rules[count.rule]) reasons.push({ because: count.rule, place: count.place });
    }
  }
}

function keepByWeeklyFloor(judged: readonly Entry[], { now, floor }: MarkContext): void {
  const placeOf = localCalendar("UTC");
  const from = now.getTime() - floor.weeklyDays * 24 * HOUR;
  const weeks = new Set<number>();
  for (const { at, reasons } of judged.toReversed()) {
    const { week } = placeOf(at);
    if (at < from || weeks.has(week)) continue;
    weeks.add(week);
    reasons.push({ because: "floor-weekly" });
  }
}

/** After all others: those that nothing keeps, newest first, until `least` stay. */
function keepNeverFewer(judged: readonly Entry[], least: number): void {
  let place = judged.filter((entry) => entry.reasons.length > 0).length;
  for (const { reasons } of judged) {
    if (place >= least) return;
    if (reasons.length > 0) continue;
    place++;
    reasons.push({ because: "never-fewer", place });
  }
}

const PERIOD_RULES = Object.keys(PERIODS) as PeriodRule[];

/** Ids break ties, so that the order of the input never decides. */
function compareNewestFirst(one: Entry, other: Entry): number {
  return other.at - one.at || (one.archive.id < other.archive.id ? 1 : -1);
}

/** The archive that each backup job made: the first we saw under it. */
function firstOfEachJob(newestFirst: readonly Entry[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const { archive } of newestFirst) {
    if (archive.backupJobId !== null) first.set(archive.backupJobId, archive.id);
  }
  return first;
}
