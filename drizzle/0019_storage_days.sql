CREATE TABLE "storage_days" (
	"storage_node_id" text NOT NULL,
	"location" text NOT NULL,
	"measured_on" date NOT NULL,
	"used_bytes" bigint NOT NULL,
	CONSTRAINT "storage_days_storage_node_id_location_measured_on_pk" PRIMARY KEY("storage_node_id","location","measured_on")
);
--> statement-breakpoint
ALTER TABLE "storage_days" ADD CONSTRAINT "storage_days_storage_node_id_storage_nodes_id_fk" FOREIGN KEY ("storage_node_id") REFERENCES "public"."storage_nodes"("id") ON DELETE no action ON UPDATE no action;