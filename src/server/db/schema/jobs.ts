import { sql } from "drizzle-orm";
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { JobKind, Lane } from "~/domain/job";
import { JOB_STATES } from "~/domain/job";
import type { JobPayload, JobProblem, JobResult } from "~/domain/job-payload";
import type { SampleResult } from "~/protocol/sample";
import type { Progress } from "~/protocol/v1";
import { clients } from "./clients";
import { plans } from "./plans";
import { repositories } from "./repositories";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Work, for agents and for the worker alike. Written by the jobs room only. */
export const jobs = pgTable(
  "jobs",
  {
    id: text("id").primaryKey(),
    /** Jobs of one chain (backup, then what follows it) share it. */
    runId: text("run_id").notNull(),
    kind: text("kind").$type<JobKind>().notNull(),
    executor: text("executor", { enum: ["agent", "worker"] }).notNull(),
    lane: text("lane").$type<Lane>().notNull(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    repositoryId: text("repository_id").references(() => repositories.id),
    planId: text("plan_id").references(() => plans.id),
    state: text("state", { enum: JOB_STATES }).notNull(),
    payload: jsonb("payload").$type<JobPayload>().notNull(),
    result: jsonb("result").$type<JobResult>(),
    problem: jsonb("problem").$type<JobProblem>(),
    progress: jsonb("progress").$type<Progress>(),
    /** Fencing token: counted up at every hand-out; a report with an older one is refused. */
    lease: integer("lease").notNull().default(0),
    leaseExpiresAt: instant("lease_expires_at"),
    /** Which worker holds it (its storage node's name); null for agents. A worker that starts again takes its own back at once. */
    heldBy: text("held_by"),
    /** How often a worker died or went silent over it; at the limit the job fails instead of killing workers for ever. */
    attempts: integer("attempts").notNull().default(0),
    /** Queued, but not before this (back-off while storage is unreachable); null: at once. */
    notBefore: instant("not_before"),
    createdAt: instant("created_at").notNull(),
    assignedAt: instant("assigned_at"),
    startedAt: instant("started_at"),
    endedAt: instant("ended_at"),
    cancelRequestedAt: instant("cancel_requested_at"),
    /** User id, or null when the server itself asked. */
    requestedBy: text("requested_by"),
    /** The job this one is another try of. */
    retryOf: text("retry_of"),
    /** Higher begins first; see domain/job-priority. */
    priority: integer("priority").notNull().default(50),
    /** The schedule's due time that it stands for; null: nobody's calendar. */
    dueAt: instant("due_at"),
    /** Not begun by then: it is skipped. */
    startBy: instant("start_by"),
    /** How often it was tried by itself before, in the lineage of `retryOf`. */
    tries: integer("tries").notNull().default(0),
    /** Stopped after so long; null: the limit of its kind. */
    limitSeconds: integer("limit_seconds"),
    /** It could begin but for the limits of the queue, and stands in line for a free place since then; null: it does not. */
    turnAt: instant("turn_at"),
  },
  (table) => [
    index("jobs_waiting_worker")
      .on(table.priority.desc(), table.createdAt)
      .where(sql`${table.state} = 'queued' and ${table.executor} = 'worker'`),
    index("jobs_line")
      .on(table.priority.desc(), table.turnAt, table.id)
      .where(sql`${table.turnAt} is not null`),
    index("jobs_not_before")
      .on(table.notBefore)
      .where(sql`${table.state} = 'queued' and ${table.notBefore} is not null`),
    index("jobs_start_by")
      .on(table.startBy)
      .where(sql`${table.state} in ('queued', 'blocked') and ${table.startBy} is not null`),
    index("jobs_active_lease").on(table.leaseExpiresAt).where(sql`${table.state} in ('assigned', 'running')`),
    index("jobs_unfinished").on(table.clientId, table.createdAt).where(sql`${table.endedAt} is null`),
    uniqueIndex("jobs_one_writer_per_repository")
      .on(table.repositoryId)
      .where(
        sql`${table.state} in ('assigned', 'running') and ${table.kind} in ('backup', 'create-repository', 'compact', 'roll-back', 'accept-state', 'move-repository', 'repair-repository', 'undo-repair')`,
      ),
    index("jobs_newest").on(table.createdAt, table.id),
    index("jobs_unfinished_newest").on(table.createdAt, table.id).where(sql`${table.endedAt} is null`),
    index("jobs_troubled_newest")
      .on(table.createdAt, table.id)
      .where(sql`${table.state} in ('failed', 'warned', 'cancelled')`),
    index("jobs_kind_newest").on(table.kind, table.createdAt, table.id),
    index("jobs_archive_name")
      .on(sql`(${table.payload} ->> 'archiveName')`)
      .where(sql`${table.payload} ->> 'archiveName' is not null`),
    index("jobs_retry_of").on(table.retryOf).where(sql`${table.retryOf} is not null`),
    index("jobs_client_newest").on(table.clientId, table.createdAt, table.id),
    index("jobs_plan_newest").on(table.planId, table.createdAt, table.id),
    index("jobs_repository_newest").on(table.repositoryId, table.createdAt, table.id),
    index("jobs_ended").on(table.endedAt).where(sql`${table.endedAt} is not null`),
    // By day and with all that the grid of the overview shows, so that it sorts nothing and reads no row of the table.
    index("jobs_backup_days")
      .on(
        table.clientId,
        sql`((${table.endedAt} at time zone 'UTC')::date) desc`,
        sql`${table.endedAt} desc`,
        table.state,
        table.id,
      )
      .where(sql`${table.kind} = 'backup' and ${table.endedAt} is not null`),
    index("jobs_restores_ended")
      .on(table.planId, table.endedAt)
      .where(sql`${table.kind} = 'restore' and ${table.state} = 'succeeded'`),
    index("jobs_plan_backups")
      .on(table.planId, table.createdAt, table.id)
      .where(sql`${table.kind} = 'backup' and ${table.endedAt} is not null`),
    index("jobs_folder_listings")
      .on(sql`(${table.payload} ->> 'archiveId')`)
      .where(sql`${table.kind} = 'list-folder'`),
    index("jobs_run").on(table.runId),
  ],
);

/** What a backup's machine hashed of its live files beside it: what a restore drill compares with. Written by the jobs room only. */
export const jobSamples = pgTable("job_samples", {
  jobId: text("job_id")
    .primaryKey()
    .references(() => jobs.id, { onDelete: "cascade" }),
  sample: jsonb("sample").$type<SampleResult>().notNull(),
});

/** Log lines of a job, numbered by whoever does the work, so that a batch sent twice is stored once. */
export const jobLogLines = pgTable(
  "job_log_lines",
  {
    jobId: text("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    /** The fencing token it was written under; a second try starts again at 1. */
    lease: integer("lease").notNull(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    at: instant("at").notNull(),
    level: text("level", { enum: ["debug", "info", "warning", "error"] }).notNull(),
    message: text("message").notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.lease, table.sequence] })],
);
