CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"window_ends_at" timestamp (3) with time zone NOT NULL,
	"used" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "system_node_status" (
	"storage_node_id" text PRIMARY KEY NOT NULL,
	"status" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "system_node_status" ADD CONSTRAINT "system_node_status_storage_node_id_storage_nodes_id_fk" FOREIGN KEY ("storage_node_id") REFERENCES "public"."storage_nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rate_limits_ended" ON "rate_limits" USING btree ("window_ends_at");--> statement-breakpoint
ALTER TABLE "clients" DROP COLUMN "online";