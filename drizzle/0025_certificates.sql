CREATE TABLE "job_samples" (
	"job_id" text PRIMARY KEY NOT NULL,
	"sample" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "certificates" (
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"client_id" text NOT NULL,
	"plan_id" text,
	"repository_id" text NOT NULL,
	"archive_id" text NOT NULL,
	"archive_name" text NOT NULL,
	"scope" text NOT NULL,
	"outcome" text NOT NULL,
	"say" text NOT NULL,
	"ended_at" timestamp (3) with time zone NOT NULL,
	"milliseconds" bigint NOT NULL,
	"compared_files" bigint NOT NULL,
	"restored_files" bigint NOT NULL,
	"restored_bytes" bigint NOT NULL,
	"document" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "job_samples" ADD CONSTRAINT "job_samples_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "certificates_job" ON "certificates" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "certificates_newest" ON "certificates" USING btree ("ended_at","id");--> statement-breakpoint
CREATE INDEX "certificates_client" ON "certificates" USING btree ("client_id","ended_at","id");--> statement-breakpoint
CREATE INDEX "certificates_plan" ON "certificates" USING btree ("plan_id","repository_id","ended_at");--> statement-breakpoint
CREATE INDEX "certificates_proofs" ON "certificates" USING btree ("plan_id","repository_id","ended_at") WHERE "certificates"."outcome" <> 'failed';