import type { JobKind } from "./job";

/** How often a job is tried again by itself. Who is cut off a fourth time has a problem that waiting does not mend. */
export const MOST_TRIES = 3;

/**
 * Minutes before the first, second and third other try, by what went wrong. Only what passes by itself stands here: a connection, a restart, a
 * lock. What a person must mend (a passphrase, a policy, a full disk, a damaged repository) is never tried again by itself, and neither
 * is a job that made our own worker die over and over.
 */
const PAUSES: Record<string, readonly [number, number, number]> = {
  "connection-lost": [2, 10, 30],
  "connection-refused": [2, 10, 30],
  "agent-restarted": [1, 5, 15],
  /** A guess from silence: the machine may be at work still, so it gets time to say so; its true word takes the other try back. */
  "agent-silent": [15, 30, 60],
  "repository-locked": [5, 15, 30],
};

export interface FailedJob {
  id: string;
  kind: JobKind;
  /** How often it was tried by itself before. */
  tries: number;
  /** Its schedule's deadline; null: none. */
  startBy: Date | null;
  /** A restore into a folder of its own: doing it again overwrites nothing. */
  restoresIntoOwnFolder: boolean;
}

/** When a failed job is tried again by itself and which try that is; null: it is not. Never later than its schedule lets it begin. */
export function nextTry(
  job: FailedJob,
  problemCode: string,
  now: Date,
): { notBefore: Date; tries: number } | null {
  if (!isRepeatable(job, problemCode)) return null;
  const minutes = Object.hasOwn(PAUSES, problemCode) ? PAUSES[problemCode]?.[job.tries] : undefined;
  if (minutes === undefined || job.tries >= MOST_TRIES) return null;
  const notBefore = new Date(now.getTime() + minutes * 60_000 * (1 + spreadOf(job.id)));
  if (job.startBy !== null && notBefore > job.startBy) return null;
  return { notBefore, tries: job.tries + 1 };
}

/** A backup; a restore that overwrites nothing; an update that never came to the machine, so that it has tried nothing yet. */
function isRepeatable({ kind, restoresIntoOwnFolder }: FailedJob, problemCode: string): boolean {
  if (kind === "update-agent") return problemCode === "connection-lost";
  return kind === "backup" || (kind === "restore" && restoresIntoOwnFolder);
}

/** Whether a problem is one that passes by itself, whatever the job. */
export function passesByItself(problemCode: string): boolean {
  return Object.hasOwn(PAUSES, problemCode);
}

/** For the person who sees the other try wait. */
export function sayNextTry(next: { notBefore: Date; tries: number }): string {
  const at = next.notBefore.toISOString().slice(11, 16);
  return `Tried again by itself (${next.tries} of ${MOST_TRIES}), not before ${at} UTC.`;
}

/** Up to a quarter longer, always the same for one job: a fleet that lost its server does not come back in one second. */
function spreadOf(id: string): number {
  const sum = [...id].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1000, 7);
  return sum / 4000;
}
