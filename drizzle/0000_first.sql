CREATE TABLE "api_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "setup_links" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "setup_links_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"address" text,
	"device" text
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "agent_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"key_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "agent_keys_key_hash_unique" UNIQUE("key_hash")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"storage_node_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"enrolled_at" timestamp (3) with time zone,
	"provisioned_at" timestamp (3) with time zone,
	"provision_problem" text,
	"ssh_public_key" text,
	"machine" jsonb,
	"policy" jsonb,
	"last_seen_at" timestamp (3) with time zone,
	"online" boolean DEFAULT false NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "enrolment_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "enrolment_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "storage_nodes" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "storage_nodes_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "job_log_lines" (
	"job_id" text NOT NULL,
	"lease" integer NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	CONSTRAINT "job_log_lines_job_id_lease_sequence_pk" PRIMARY KEY("job_id","lease","sequence")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"kind" text NOT NULL,
	"executor" text NOT NULL,
	"lane" text NOT NULL,
	"client_id" text NOT NULL,
	"repository_id" text,
	"plan_id" text,
	"state" text NOT NULL,
	"payload" jsonb NOT NULL,
	"result" jsonb,
	"problem" jsonb,
	"progress" jsonb,
	"lease" integer DEFAULT 0 NOT NULL,
	"lease_expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"assigned_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"cancel_requested_at" timestamp (3) with time zone,
	"requested_by" text,
	"retry_of" text
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"repository_id" text NOT NULL,
	"name" text NOT NULL,
	"sources" jsonb NOT NULL,
	"excludes" jsonb NOT NULL,
	"compression" text NOT NULL,
	"one_file_system" boolean NOT NULL,
	"exclude_caches" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "repositories" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"storage_node_id" text NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"problem" text,
	"borg_id" text,
	"passphrase_sealed" text NOT NULL,
	"quota_bytes" bigint,
	"size_bytes" bigint,
	"sized_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "archive_ledger" (
	"id" text PRIMARY KEY NOT NULL,
	"repository_id" text NOT NULL,
	"borg_id" text NOT NULL,
	"name" text NOT NULL,
	"plan_id" text,
	"job_id" text,
	"observed_at" timestamp (3) with time zone NOT NULL,
	"claimed_start_at" timestamp (3) with time zone NOT NULL,
	"claimed_end_at" timestamp (3) with time zone,
	"hostname" text,
	"username" text,
	"original_bytes" bigint,
	"compressed_bytes" bigint,
	"deduplicated_bytes" bigint,
	"file_count" bigint,
	"duration_seconds" double precision,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "gate_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"storage_node_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"client_id" text NOT NULL,
	"peer_address" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"bytes_in" bigint,
	"bytes_out" bigint,
	"exit_code" bigint,
	"refused" text
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_keys" ADD CONSTRAINT "agent_keys_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_storage_node_id_storage_nodes_id_fk" FOREIGN KEY ("storage_node_id") REFERENCES "public"."storage_nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_tokens" ADD CONSTRAINT "enrolment_tokens_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_log_lines" ADD CONSTRAINT "job_log_lines_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_storage_node_id_storage_nodes_id_fk" FOREIGN KEY ("storage_node_id") REFERENCES "public"."storage_nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "archive_ledger" ADD CONSTRAINT "archive_ledger_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_tokens_user" ON "api_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_ins_user" ON "sign_ins" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "agent_keys_client" ON "agent_keys" USING btree ("client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_living_name" ON "clients" USING btree (lower("name")) WHERE "clients"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "clients_last_seen" ON "clients" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "enrolment_tokens_client" ON "enrolment_tokens" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "jobs_waiting" ON "jobs" USING btree ("executor","client_id","created_at") WHERE "jobs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "jobs_active_lease" ON "jobs" USING btree ("lease_expires_at") WHERE "jobs"."state" in ('assigned', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_one_writer_per_repository" ON "jobs" USING btree ("repository_id") WHERE "jobs"."state" in ('assigned', 'running') and "jobs"."kind" in ('backup', 'create-repository', 'delete-archives');--> statement-breakpoint
CREATE INDEX "jobs_newest" ON "jobs" USING btree ("created_at" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "jobs_client_newest" ON "jobs" USING btree ("client_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "jobs_plan_newest" ON "jobs" USING btree ("plan_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "jobs_run" ON "jobs" USING btree ("run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "plans_living_name" ON "plans" USING btree ("client_id",lower("name")) WHERE "plans"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "plans_repository" ON "plans" USING btree ("repository_id");--> statement-breakpoint
CREATE UNIQUE INDEX "repositories_living_name" ON "repositories" USING btree ("client_id",lower("name")) WHERE "repositories"."removed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "archive_ledger_borg_id" ON "archive_ledger" USING btree ("repository_id","borg_id");--> statement-breakpoint
CREATE INDEX "archive_ledger_newest" ON "archive_ledger" USING btree ("repository_id","observed_at" DESC NULLS LAST) WHERE "archive_ledger"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "archive_ledger_plan" ON "archive_ledger" USING btree ("plan_id","observed_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "gate_sessions_client" ON "gate_sessions" USING btree ("client_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "gate_sessions_sequence" ON "gate_sessions" USING btree ("storage_node_id","sequence");