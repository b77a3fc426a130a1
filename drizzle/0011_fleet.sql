CREATE TABLE "alert_channels" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"secret_sealed" text,
	"min_severity" text NOT NULL,
	"enabled" boolean NOT NULL,
	"user_id" text,
	"plan_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_sent_at" timestamp (3) with time zone,
	"last_problem" text
);
--> statement-breakpoint
CREATE TABLE "alert_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"alert_id" text,
	"event" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone NOT NULL,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"client_id" text,
	"plan_id" text,
	"repository_id" text,
	"job_id" text,
	"title" text NOT NULL,
	"say" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	"acknowledged_by" text,
	"escalated_at" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "digests" (
	"user_id" text PRIMARY KEY NOT NULL,
	"every" text NOT NULL,
	"hour" integer NOT NULL,
	"zone" text NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client_gaps" (
	"client_id" text NOT NULL,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"bytes" bigint,
	"found_at" timestamp (3) with time zone NOT NULL,
	"dismissed_at" timestamp (3) with time zone,
	CONSTRAINT "client_gaps_client_id_path_pk" PRIMARY KEY("client_id","path")
);
--> statement-breakpoint
CREATE TABLE "plan_copies" (
	"plan_id" text NOT NULL,
	"repository_id" text NOT NULL,
	CONSTRAINT "plan_copies_plan_id_repository_id_pk" PRIMARY KEY("plan_id","repository_id")
);
--> statement-breakpoint
CREATE TABLE "plan_profiles" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedule_runs" (
	"schedule_id" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"client_id" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" jsonb,
	"run_id" text,
	"decided_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "schedule_runs_schedule_id_due_at_pk" PRIMARY KEY("schedule_id","due_at")
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"id" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"client_id" text NOT NULL,
	"plan_id" text,
	"repository_id" text,
	"schedule" jsonb NOT NULL,
	"enabled" boolean NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"next_due_at" timestamp (3) with time zone,
	"next_run_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "schedules_enabled_has_next" CHECK (not "schedules"."enabled" or ("schedules"."next_run_at" is not null and "schedules"."next_due_at" is not null)),
	CONSTRAINT "schedules_for_one_thing" CHECK (("schedules"."purpose" = 'backup') = ("schedules"."plan_id" is not null) and ("schedules"."purpose" <> 'backup') = ("schedules"."repository_id" is not null))
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "priority" integer DEFAULT 50 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "start_by" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "limit_seconds" integer;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "options" jsonb DEFAULT '{"uploadKibPerSecond":null,"uploadWindows":[],"checkpointMinutes":null,"filesCache":"ctime,size,inode","numericIds":false,"noAcls":false,"noXattrs":false,"noFlags":false,"sparse":false,"keepExcludeTags":false,"excludeIfPresent":[],"limitMinutes":null,"databases":[],"hooksBefore":[],"hooksAfter":[],"stopContainersLabelled":null,"snapshot":"none"}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "objectives" jsonb DEFAULT '{"rpoHours":null,"restoreProvenDays":null,"offsiteHours":null}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "profile_id" text;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "encryption" text DEFAULT 'repokey-blake2' NOT NULL;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "location" text DEFAULT 'main' NOT NULL;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "soft_quota_bytes" bigint;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "coverage" jsonb;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "delete_after" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_channel_id_alert_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_acknowledged_by_users_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digests" ADD CONSTRAINT "digests_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_gaps" ADD CONSTRAINT "client_gaps_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_copies" ADD CONSTRAINT "plan_copies_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_copies" ADD CONSTRAINT "plan_copies_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedule_runs" ADD CONSTRAINT "schedule_runs_schedule_id_schedules_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "public"."schedules"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedule_runs" ADD CONSTRAINT "schedule_runs_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_deliveries_waiting" ON "alert_deliveries" USING btree ("not_before") WHERE "alert_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "alert_deliveries_channel" ON "alert_deliveries" USING btree ("channel_id","created_at");--> statement-breakpoint
CREATE INDEX "alert_deliveries_alert" ON "alert_deliveries" USING btree ("alert_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_one_open" ON "alerts" USING btree ("key") WHERE "alerts"."resolved_at" is null;--> statement-breakpoint
CREATE INDEX "alerts_newest" ON "alerts" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "alerts_open" ON "alerts" USING btree ("client_id","opened_at") WHERE "alerts"."resolved_at" is null;--> statement-breakpoint
CREATE INDEX "plan_copies_repository" ON "plan_copies" USING btree ("repository_id");--> statement-breakpoint
CREATE UNIQUE INDEX "plan_profiles_name" ON "plan_profiles" USING btree ("kind",lower("name"));--> statement-breakpoint
CREATE INDEX "schedule_runs_newest" ON "schedule_runs" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "schedule_runs_run" ON "schedule_runs" USING btree ("run_id") WHERE "schedule_runs"."run_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "schedules_plan" ON "schedules" USING btree ("plan_id") WHERE "schedules"."plan_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "schedules_repository" ON "schedules" USING btree ("repository_id","purpose") WHERE "schedules"."repository_id" is not null;--> statement-breakpoint
CREATE INDEX "schedules_due" ON "schedules" USING btree ("next_run_at") WHERE "schedules"."enabled";--> statement-breakpoint
CREATE INDEX "schedules_client" ON "schedules" USING btree ("client_id");--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_profile_id_plan_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."plan_profiles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "jobs_start_by" ON "jobs" USING btree ("start_by") WHERE "jobs"."state" in ('queued', 'blocked') and "jobs"."start_by" is not null;