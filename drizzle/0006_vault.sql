CREATE TABLE "key_escrows" (
	"repository_id" text PRIMARY KEY NOT NULL,
	"key_sealed" text NOT NULL,
	"config_sha256" text NOT NULL,
	"escrowed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vault_incidents" (
	"id" text PRIMARY KEY NOT NULL,
	"repository_id" text NOT NULL,
	"client_id" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"evidence" jsonb NOT NULL,
	"sessions" jsonb NOT NULL,
	"last_clean_at" timestamp (3) with time zone,
	"last_clean_archives" integer NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolution" text,
	"resolved_by" text,
	"reason" text,
	"outcome" jsonb
);
--> statement-breakpoint
CREATE TABLE "vault_states" (
	"repository_id" text PRIMARY KEY NOT NULL,
	"state" jsonb NOT NULL,
	"held_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "jobs_one_writer_per_repository";--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "keep" jsonb;--> statement-breakpoint
ALTER TABLE "archive_ledger" ADD COLUMN "session_sequence" bigint;--> statement-breakpoint
ALTER TABLE "archive_ledger" ADD COLUMN "revision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "archive_ledger" ADD COLUMN "is_protected" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "archive_ledger" ADD COLUMN "trashed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD COLUMN "repository_id" text;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD COLUMN "writing" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD COLUMN "transaction_before" bigint;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD COLUMN "transaction_after" bigint;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD COLUMN "calls_refused" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD COLUMN "refused_calls" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "key_escrows" ADD CONSTRAINT "key_escrows_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vault_incidents" ADD CONSTRAINT "vault_incidents_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vault_states" ADD CONSTRAINT "vault_states_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "vault_incidents_newest" ON "vault_incidents" USING btree ("opened_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "vault_incidents_one_open" ON "vault_incidents" USING btree ("repository_id") WHERE "vault_incidents"."resolved_at" is null;--> statement-breakpoint
CREATE INDEX "gate_sessions_repository" ON "gate_sessions" USING btree ("repository_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_one_writer_per_repository" ON "jobs" USING btree ("repository_id") WHERE "jobs"."state" in ('assigned', 'running') and "jobs"."kind" in ('backup', 'create-repository', 'compact', 'roll-back', 'accept-state');