CREATE TABLE "release_chunks" (
	"sha256" text NOT NULL,
	"position" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "release_chunks_sha256_position_pk" PRIMARY KEY("sha256","position")
);
--> statement-breakpoint
CREATE TABLE "release_contents" (
	"sha256" text PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"chunks" integer DEFAULT 0 NOT NULL,
	"touched_at" timestamp (3) with time zone NOT NULL,
	"stored_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "release_feeds" (
	"url" text PRIMARY KEY NOT NULL,
	"checked_at" timestamp (3) with time zone,
	"problem" text
);
--> statement-breakpoint
CREATE TABLE "release_files" (
	"release_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"platform" text NOT NULL,
	"arch" text NOT NULL,
	"libc" text,
	"borg_version" text,
	"sha256" text NOT NULL,
	CONSTRAINT "release_files_release_id_name_pk" PRIMARY KEY("release_id","name")
);
--> statement-breakpoint
CREATE TABLE "releases" (
	"id" text PRIMARY KEY NOT NULL,
	"product" text NOT NULL,
	"version" text NOT NULL,
	"channel" text NOT NULL,
	"released_at" timestamp (3) with time zone NOT NULL,
	"notes" text NOT NULL,
	"manifest" "bytea" NOT NULL,
	"signatures" jsonb NOT NULL,
	"signed_by" text NOT NULL,
	"source" text NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "release_chunks" ADD CONSTRAINT "release_chunks_sha256_release_contents_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."release_contents"("sha256") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_files" ADD CONSTRAINT "release_files_sha256_release_contents_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."release_contents"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_files" ADD CONSTRAINT "release_files_release_id_releases_id_fk" FOREIGN KEY ("release_id") REFERENCES "public"."releases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "release_contents_touched" ON "release_contents" USING btree ("touched_at");--> statement-breakpoint
CREATE INDEX "release_files_sha256" ON "release_files" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "releases_version" ON "releases" USING btree ("product","version");