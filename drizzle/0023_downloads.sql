CREATE TABLE "downloads" (
	"id" text PRIMARY KEY NOT NULL,
	"ticket_hash" text NOT NULL,
	"user_id" text NOT NULL,
	"archive_id" text NOT NULL,
	"format" text NOT NULL,
	"paths" jsonb NOT NULL,
	"file_name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"delivery_sealed" text
);
--> statement-breakpoint
ALTER TABLE "downloads" ADD CONSTRAINT "downloads_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "downloads_ticket" ON "downloads" USING btree ("ticket_hash");--> statement-breakpoint
CREATE INDEX "downloads_expired" ON "downloads" USING btree ("expires_at");