DROP INDEX "jobs_waiting_worker";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "turn_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "jobs_line" ON "jobs" USING btree ("priority" DESC NULLS LAST,"turn_at","id") WHERE "jobs"."turn_at" is not null;--> statement-breakpoint
CREATE INDEX "jobs_not_before" ON "jobs" USING btree ("not_before") WHERE "jobs"."state" = 'queued' and "jobs"."not_before" is not null;--> statement-breakpoint
CREATE INDEX "jobs_unfinished_newest" ON "jobs" USING btree ("created_at","id") WHERE "jobs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "jobs_troubled_newest" ON "jobs" USING btree ("created_at","id") WHERE "jobs"."state" in ('failed', 'warned', 'cancelled');--> statement-breakpoint
CREATE INDEX "jobs_kind_newest" ON "jobs" USING btree ("kind","created_at","id");--> statement-breakpoint
CREATE INDEX "jobs_archive_name" ON "jobs" USING btree (("payload" ->> 'archiveName')) WHERE "jobs"."payload" ->> 'archiveName' is not null;--> statement-breakpoint
CREATE INDEX "jobs_retry_of" ON "jobs" USING btree ("retry_of") WHERE "jobs"."retry_of" is not null;--> statement-breakpoint
CREATE INDEX "jobs_waiting_worker" ON "jobs" USING btree ("priority" DESC NULLS LAST,"created_at") WHERE "jobs"."state" = 'queued' and "jobs"."executor" = 'worker';