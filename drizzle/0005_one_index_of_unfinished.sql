DROP INDEX "jobs_waiting";--> statement-breakpoint
DROP INDEX "jobs_active_client";--> statement-breakpoint
DROP INDEX "jobs_unfinished";--> statement-breakpoint
CREATE INDEX "jobs_unfinished" ON "jobs" USING btree ("client_id","created_at") WHERE "jobs"."ended_at" is null;