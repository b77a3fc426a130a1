import { JOB_KINDS, type JobKind } from "./job";

/**
 * What begins first when not everything can: whoever needs a file back, then who pressed a button, then the calendar, then upkeep. Gaps
 * between the numbers leave room; only their order means something.
 */
export const PRIORITIES = {
  restore: 100,
  /** A person looks at the screen until it is done. */
  look: 90,
  backupByPerson: 80,
  workByPerson: 70,
  /** Makes what backups wait for. */
  groundwork: 60,
  audit: 55,
  scheduled: 50,
  maintenance: 20,
} as const;

const GROUNDWORK: readonly JobKind[] = ["provision-client", "create-repository", "remove-client"];

/** The place of new work in the queue. `byPerson`: somebody asked for it; false: the calendar, or what follows another job. */
export function priorityOf(kind: JobKind, byPerson: boolean): number {
  if (kind === "restore") return PRIORITIES.restore;
  if (kind === "backup") return byPerson ? PRIORITIES.backupByPerson : PRIORITIES.scheduled;
  if (kind === "update-agent") return byPerson ? PRIORITIES.workByPerson : PRIORITIES.maintenance;
  if (JOB_KINDS[kind].executor === "agent") return PRIORITIES.look;
  if (GROUNDWORK.includes(kind)) return byPerson ? PRIORITIES.workByPerson : PRIORITIES.groundwork;
  if (byPerson) return PRIORITIES.workByPerson;
  return kind === "audit" ? PRIORITIES.audit : PRIORITIES.maintenance;
}

/** What has waited this long goes before new work of the calendar and of audits: upkeep waits, but not for ever. */
const AGED_HOURS = 6;
export const AGED_PRIORITY = PRIORITIES.groundwork;

/** Work that was asked for before then has {@link AGED_PRIORITY} at least. */
export function agedBefore(now: Date): Date {
  return new Date(now.getTime() - AGED_HOURS * 3_600_000);
}
