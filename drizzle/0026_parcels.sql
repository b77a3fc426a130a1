CREATE TABLE "parcels" (
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"passphrase_sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "plans" ALTER COLUMN "options" SET DEFAULT '{"uploadKibPerSecond":null,"uploadWindows":[],"checkpointMinutes":null,"filesCache":"ctime,size,inode","numericIds":false,"noAcls":false,"noXattrs":false,"noFlags":false,"sparse":false,"keepExcludeTags":false,"excludeIfPresent":[],"limitMinutes":null,"databases":[],"hooksBefore":[],"hooksAfter":[],"stopContainersLabelled":null,"snapshot":"none","drill":null}'::jsonb;