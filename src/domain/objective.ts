import { nextRun } from "./next-run";
import type { PlanObjectives } from "./plan-options";
import { formatDuration } from "./quantity";
import type { Schedule } from "./schedule";

/**
 * How a plan stands to what it promises, the worst first. `breached`: a promise is broken. `unproven`: nothing is broken yet, but nothing
 * shows that it is kept either. `ok`: an archive is there in time. `proven`: and a restore has shown lately that it can be read.
 */
export const OBJECTIVE_STATES = ["breached", "unproven", "ok", "proven"] as const;
export type ObjectiveState = (typeof OBJECTIVE_STATES)[number];

/** What is known of one repository of a plan. Instants are ours; nothing here is an agent's word about a backup. */
export interface ObjectiveFacts {
  objectives: PlanObjectives;
  /** Since when the promise counts while there is nothing yet. */
  since: Date;
  /** When we saw the newest archive of the plan that an audit found clean and nobody threw away. */
  lastArchiveAt: Date | null;
  /** The plan's calendar while it is on; null: none, or paused. */
  schedule: Schedule | null;
  /** The earliest time that the calendar was or is due after that archive; null: never, or no calendar. */
  dueAt: Date | null;
  /** When a drill last proved this repository's archives, or a restore of a whole one came to its end with nothing left out. */
  restoreProvenAt: Date | null;
  /** When the newest copy off site was made; absent: nothing here makes or counts such copies, so it is not judged. */
  offsiteAt?: Date | null;
}

export type ObjectiveReason =
  | "overdue"
  | "no-archive"
  | "restore-too-old"
  | "restore-missing"
  | "offsite-too-old";

export interface ObjectiveJudgement {
  state: ObjectiveState;
  /** Why it is not better; empty with `proven`. */
  reasons: ObjectiveReason[];
  /** One sentence for people. */
  say: string;
  /** When the next archive must be there; null: no time is promised. In the past: it is overdue since then. */
  dueBy: Date | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A restore counts as proof for so long where the plan promises nothing of its own: a quarter of a year. */
export const RESTORE_PROOF_DAYS = 90;

/** No archive is called overdue sooner after it was due: a backup takes its time, and so does its audit. */
export const LEAST_GRACE_MS = HOUR_MS;

/** Most: half a day after a missed weekly backup nothing is lost yet, a day after it somebody should know. */
const MOST_GRACE_MS = DAY_MS;

/** Laptops are off for days: without an RPO of their own they are overdue only after a week in which they were not there. */
const AVAILABLE_GRACE_MS = 7 * DAY_MS;

/** How long after `due` an archive may come: half of the time to the next one, between an hour and a day, and the spread. */
export function graceMs(schedule: Schedule, due: Date): number {
  if (schedule.timing.kind === "available") return AVAILABLE_GRACE_MS;
  const next = nextRun(schedule, due);
  const half = next ? (next.getTime() - due.getTime()) / 2 : MOST_GRACE_MS;
  return Math.min(MOST_GRACE_MS, Math.max(LEAST_GRACE_MS, half)) + schedule.spreadMinutes * 60_000;
}

/** When the next archive must be there: by the promised RPO, else by the calendar; null: nobody promised a time. */
export function archiveDueBy(facts: ObjectiveFacts, now: Date): Date | null {
  const { rpoHours } = facts.objectives;
  if (rpoHours !== null) return after(facts.lastArchiveAt ?? facts.since, rpoHours * HOUR_MS);
  if (!facts.schedule || !facts.dueAt) return null;
  // Reading a calendar costs; what is not even an hour late needs none to be called in time.
  const soonest = after(facts.dueAt, LEAST_GRACE_MS);
  return now <= soonest ? soonest : after(facts.dueAt, graceMs(facts.schedule, facts.dueAt));
}

/**
 * Judges one repository of a plan. Overdue is by the plan's own RPO, and without one by its calendar with a grace; a plan that runs only when
 * asked and promises nothing is never overdue. What was promised of restores may be outstanding from `since` for as long as it is promised.
 */
export function judgeObjective(facts: ObjectiveFacts, now: Date): ObjectiveJudgement {
  const dueBy = archiveDueBy(facts, now);
  const overdue = dueBy !== null && now > dueBy;
  const { restoreProvenDays, offsiteHours } = facts.objectives;
  const proofMs = (restoreProvenDays ?? RESTORE_PROOF_DAYS) * DAY_MS;
  const proofIsFresh = facts.restoreProvenAt !== null && now <= after(facts.restoreProvenAt, proofMs);
  const proofIsLate =
    restoreProvenDays !== null && !proofIsFresh && now > after(facts.restoreProvenAt ?? facts.since, proofMs);
  const offsiteIsLate =
    offsiteHours !== null &&
    facts.offsiteAt !== undefined &&
    now > after(facts.offsiteAt ?? facts.since, offsiteHours * HOUR_MS);
  const broken: ObjectiveReason[] = [
    ...(overdue ? ["overdue" as const] : []),
    ...(proofIsLate ? ["restore-too-old" as const] : []),
    ...(offsiteIsLate ? ["offsite-too-old" as const] : []),
  ];
  const missing: ObjectiveReason[] = [
    ...(facts.lastArchiveAt === null ? ["no-archive" as const] : []),
    ...(restoreProvenDays !== null && !proofIsFresh && !proofIsLate ? ["restore-missing" as const] : []),
  ];
  const state =
    broken.length > 0 ? "breached" : missing.length > 0 ? "unproven" : proofIsFresh ? "proven" : "ok";
  const judged: Omit<ObjectiveJudgement, "say"> = { state, reasons: [...broken, ...missing], dueBy };
  return { ...judged, say: sayObjective(facts, judged, now) };
}

/** The worst of some; null for none. */
export function worstState(states: readonly ObjectiveState[]): ObjectiveState | null {
  return OBJECTIVE_STATES.find((state) => states.includes(state)) ?? null;
}

function sayObjective(facts: ObjectiveFacts, judged: Omit<ObjectiveJudgement, "say">, now: Date): string {
  const [reason] = judged.reasons;
  const { rpoHours, restoreProvenDays } = facts.objectives;
  const age = (at: Date) => formatDuration(coarse((now.getTime() - at.getTime()) / 1000));
  const promised = rpoHours === null ? "" : `; one is promised every ${formatDuration(rpoHours * 3600)}`;
  switch (reason) {
    case "overdue": {
      const late = judged.dueBy ? `Overdue for ${age(judged.dueBy)}: ` : "";
      if (facts.lastArchiveAt === null) return `${late}there is no archive yet${promised}.`;
      return `${late}the newest audited archive is ${age(facts.lastArchiveAt)} old${promised}.`;
    }
    case "restore-too-old":
      return facts.restoreProvenAt === null
        ? `No restore has proven it; one is promised every ${restoreProvenDays} days.`
        : `The last proven restore is ${age(facts.restoreProvenAt)} old; one is promised every ${restoreProvenDays} days.`;
    case "offsite-too-old":
      return facts.offsiteAt
        ? `The copy off site is ${age(facts.offsiteAt)} old, older than promised.`
        : "There is no copy off site, and one is promised.";
    case "no-archive":
      return "There is no audited archive yet.";
    case "restore-missing":
      return "An archive is there in time; the restore that is promised has not been made yet.";
    default:
      return facts.restoreProvenAt && judged.state === "proven"
        ? "An audited archive is there in time, and a restore has proven it."
        : "An audited archive is there in time; no restore has proven it lately.";
  }
}

/** Minutes do not matter of what is hours old. */
const coarse = (seconds: number) => (seconds < 3600 ? seconds : Math.floor(seconds / 3600) * 3600);

const after = (at: Date, ms: number) => new Date(at.getTime() + ms);
