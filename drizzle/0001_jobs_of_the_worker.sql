DROP INDEX "jobs_waiting";--> statement-breakpoint
DROP INDEX "jobs_newest";--> statement-breakpoint
DROP INDEX "jobs_client_newest";--> statement-breakpoint
DROP INDEX "jobs_plan_newest";--> statement-breakpoint
DROP INDEX "archive_ledger_newest";--> statement-breakpoint
DROP INDEX "archive_ledger_plan";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "held_by" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "not_before" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "jobs_waiting_worker" ON "jobs" USING btree ("created_at") WHERE "jobs"."state" = 'queued' and "jobs"."executor" = 'worker';--> statement-breakpoint
CREATE INDEX "jobs_active_client" ON "jobs" USING btree ("client_id") WHERE "jobs"."state" in ('assigned', 'running');--> statement-breakpoint
CREATE INDEX "jobs_unfinished" ON "jobs" USING btree ("created_at") WHERE "jobs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "jobs_repository_newest" ON "jobs" USING btree ("repository_id","created_at","id");--> statement-breakpoint
CREATE INDEX "jobs_ended" ON "jobs" USING btree ("ended_at") WHERE "jobs"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "jobs_backups_ended" ON "jobs" USING btree ("client_id","ended_at") WHERE "jobs"."kind" = 'backup' and "jobs"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "archive_ledger_all_newest" ON "archive_ledger" USING btree ("observed_at","id") WHERE "archive_ledger"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "jobs_waiting" ON "jobs" USING btree ("executor","client_id","created_at") WHERE "jobs"."state" in ('queued', 'blocked');--> statement-breakpoint
CREATE INDEX "jobs_newest" ON "jobs" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "jobs_client_newest" ON "jobs" USING btree ("client_id","created_at","id");--> statement-breakpoint
CREATE INDEX "jobs_plan_newest" ON "jobs" USING btree ("plan_id","created_at","id");--> statement-breakpoint
CREATE INDEX "archive_ledger_newest" ON "archive_ledger" USING btree ("repository_id","observed_at") WHERE "archive_ledger"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "archive_ledger_plan" ON "archive_ledger" USING btree ("plan_id","observed_at");