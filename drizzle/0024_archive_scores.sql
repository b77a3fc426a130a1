CREATE TABLE "archive_scores" (
	"archive_id" text PRIMARY KEY NOT NULL,
	"repository_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"observed_at" timestamp (3) with time zone NOT NULL,
	"before_archive_id" text,
	"features" jsonb NOT NULL,
	"basis" text NOT NULL,
	"score" integer NOT NULL,
	"strength" text NOT NULL,
	"reasons" jsonb NOT NULL,
	"scored_at" timestamp (3) with time zone NOT NULL,
	"resolution" text,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	"reason" text
);
--> statement-breakpoint
ALTER TABLE "archive_scores" ADD CONSTRAINT "archive_scores_archive_id_archive_ledger_id_fk" FOREIGN KEY ("archive_id") REFERENCES "public"."archive_ledger"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "archive_scores" ADD CONSTRAINT "archive_scores_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "archive_scores_plan" ON "archive_scores" USING btree ("plan_id","repository_id","observed_at");--> statement-breakpoint
CREATE INDEX "archive_scores_holding" ON "archive_scores" USING btree ("repository_id") WHERE "archive_scores"."strength" = 'strong' and "archive_scores"."resolved_at" is null;