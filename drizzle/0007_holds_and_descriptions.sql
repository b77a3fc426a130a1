ALTER TABLE "repositories" ADD COLUMN "held_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "archive_ledger" ADD COLUMN "described_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "archive_ledger" SET "described_at" = "observed_at";--> statement-breakpoint
ALTER TABLE "vault_incidents" ADD COLUMN "review" jsonb;--> statement-breakpoint
CREATE INDEX "archive_ledger_undescribed" ON "archive_ledger" USING btree ("repository_id","revision") WHERE "archive_ledger"."described_at" is null and "archive_ledger"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "archive_ledger_trash" ON "archive_ledger" USING btree ("trashed_at") WHERE "archive_ledger"."trashed_at" is not null and "archive_ledger"."removed_at" is null;