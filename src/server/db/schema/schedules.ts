import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { Schedule } from "~/domain/schedule";
import { clients } from "./clients";
import { plans } from "./plans";
import { repositories } from "./repositories";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What a schedule sets going: a plan's backups, or maintenance of a repository. */
export const SCHEDULE_PURPOSES = ["backup", "compact", "check"] as const;

/** When things are due. A thing without a row runs when somebody asks. Written by the schedules room only. */
export const schedules = pgTable(
  "schedules",
  {
    id: text("id").primaryKey(),
    purpose: text("purpose", { enum: SCHEDULE_PURPOSES }).notNull(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    /** With `backup`. */
    planId: text("plan_id").references(() => plans.id),
    /** With `compact` and `check`. */
    repositoryId: text("repository_id").references(() => repositories.id),
    schedule: jsonb("schedule").$type<Schedule>().notNull(),
    /** False: paused by a person, or what it is for was removed. */
    enabled: boolean("enabled").notNull(),
    pausedAt: instant("paused_at"),
    /** The next time by the calendar, without spread and blackouts. */
    nextDueAt: instant("next_due_at"),
    /** When that is really set going: `nextDueAt` with spread, moved out of blackouts. */
    nextRunAt: instant("next_run_at"),
    /** Whether it may be due several times in a day: such ones are few, and what the coming day holds is counted by their calendar. */
    repeats: boolean("repeats").generatedAlwaysAs(
      sql`coalesce(schedule -> 'timing' ->> 'kind' in ('minutes', 'hours', 'cron') or jsonb_array_length(schedule -> 'timing' -> 'times') > 1, false)`,
    ),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [
    check(
      "schedules_enabled_has_next",
      sql`not ${table.enabled} or (${table.nextRunAt} is not null and ${table.nextDueAt} is not null)`,
    ),
    check(
      "schedules_for_one_thing",
      sql`(${table.purpose} = 'backup') = (${table.planId} is not null) and (${table.purpose} <> 'backup') = (${table.repositoryId} is not null)`,
    ),
    uniqueIndex("schedules_plan").on(table.planId).where(sql`${table.planId} is not null`),
    uniqueIndex("schedules_repository")
      .on(table.repositoryId, table.purpose)
      .where(sql`${table.repositoryId} is not null`),
    index("schedules_due").on(table.nextRunAt).where(sql`${table.enabled}`),
    index("schedules_repeating").on(table.nextRunAt).where(sql`${table.enabled} and ${table.repeats}`),
    index("schedules_client").on(table.clientId),
  ],
);

/** Every time that something was due, and what was made of it: queued once, or skipped for a reason. Written by the schedules room only. */
export const scheduleRuns = pgTable(
  "schedule_runs",
  {
    scheduleId: text("schedule_id")
      .notNull()
      .references(() => schedules.id, { onDelete: "cascade" }),
    /** By the calendar: with the schedule it names the run, so none is made twice. */
    dueAt: instant("due_at").notNull(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    outcome: text("outcome", { enum: ["queued", "skipped"] }).notNull(),
    /** Skipped: why, as a code and in words. */
    reason: jsonb("reason").$type<{ code: string; say: string }>(),
    /** Queued: the chain of jobs it became. */
    runId: text("run_id"),
    decidedAt: instant("decided_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scheduleId, table.dueAt] }),
    index("schedule_runs_newest").on(table.dueAt),
    index("schedule_runs_run").on(table.runId).where(sql`${table.runId} is not null`),
  ],
);
