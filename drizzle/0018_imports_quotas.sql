CREATE TABLE "import_listings" (
	"storage_node_id" text PRIMARY KEY NOT NULL,
	"candidates" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"lost" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "repository_imports" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"candidate_id" text,
	"location" text NOT NULL,
	"folder" text NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"problem" text,
	"passphrase_sealed" text NOT NULL,
	"key_sealed" text,
	"found" jsonb,
	"job_id" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "quota_bytes" bigint;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "soft_quota_bytes" bigint;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "key_sealed" text;--> statement-breakpoint
ALTER TABLE "import_listings" ADD CONSTRAINT "import_listings_storage_node_id_storage_nodes_id_fk" FOREIGN KEY ("storage_node_id") REFERENCES "public"."storage_nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repository_imports" ADD CONSTRAINT "repository_imports_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;