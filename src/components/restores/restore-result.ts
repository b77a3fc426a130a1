import type { JobDetail } from "../jobs/job-detail";

/** What a restore answers, as a job tells it. */
export type RestoreResult = Extract<NonNullable<JobDetail["result"]>, { kind: "restore" }>;
