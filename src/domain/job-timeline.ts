import { isEnded, type JobState } from "./job";

/** What the timeline needs to know of a job. */
export interface JobTimes {
  state: JobState;
  createdAt: Date;
  assignedAt: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  cancelRequestedAt: Date | null;
}

export interface TimelineStep {
  key: "created" | "assigned" | "started" | "stopping" | "ended";
  /** Null: it has not happened, or nobody told us when. */
  at: Date | null;
  /** `skipped`: the job ended without coming this far. */
  state: "done" | "now" | "ahead" | "skipped";
}

/**
 * The steps of a job in order. Exactly one step is `now` while the job is active; the last step that happened is where it stands.
 * `stopping` is listed only once somebody asked for it.
 */
export function timelineOf(job: JobTimes): TimelineStep[] {
  const ended = isEnded(job.state);
  const started = job.startedAt !== null || job.state === "running";
  const assigned = job.assignedAt !== null || started || job.state === "assigned";
  const stopping = job.cancelRequestedAt !== null;
  const passed = (happened: boolean, current: boolean): TimelineStep["state"] =>
    happened ? (current && !ended ? "now" : "done") : ended ? "skipped" : "ahead";

  const steps: TimelineStep[] = [
    { key: "created", at: job.createdAt, state: passed(true, !assigned && !stopping) },
    { key: "assigned", at: job.assignedAt, state: passed(assigned, !started && !stopping) },
    { key: "started", at: job.startedAt, state: passed(started, !stopping) },
  ];
  if (stopping) steps.push({ key: "stopping", at: job.cancelRequestedAt, state: passed(true, true) });
  steps.push({ key: "ended", at: job.endedAt, state: ended ? "done" : "ahead" });
  return steps;
}

/** Milliseconds the work took or has taken by `now`; null before it started. */
export function workedMs(job: Pick<JobTimes, "startedAt" | "endedAt">, now: Date): number | null {
  if (job.startedAt === null) return null;
  return Math.max(0, (job.endedAt ?? now).getTime() - job.startedAt.getTime());
}
