CREATE TABLE "self_backups" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"requested_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"lease" integer DEFAULT 0 NOT NULL,
	"lease_expires_at" timestamp (3) with time zone,
	"recovery_key" text,
	"file_name" text,
	"bytes" bigint,
	"locations" jsonb,
	"removed_at" timestamp (3) with time zone,
	"problem" text
);
--> statement-breakpoint
CREATE INDEX "self_backups_newest" ON "self_backups" USING btree ("created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "self_backups_one_at_a_time" ON "self_backups" USING btree ((true)) WHERE "self_backups"."state" in ('queued', 'running');--> statement-breakpoint
-- A self-backup says which migration its rows fit; the worker, as bbs_app, reads that.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bbs_app') AND to_regclass('drizzle.__drizzle_migrations') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA drizzle TO bbs_app;
    GRANT SELECT ON TABLE drizzle.__drizzle_migrations TO bbs_app;
  END IF;
END $$;
