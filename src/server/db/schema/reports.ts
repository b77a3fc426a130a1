import { sql } from "drizzle-orm";
import { bigint, index, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import { DRILL_OUTCOMES, DRILL_SCOPES } from "~/domain/drill";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What restore drills came to, each signed. Never changed and never removed: they are what one shows. Written by the reports room only. */
export const certificates = pgTable(
  "certificates",
  {
    id: text("id").primaryKey(),
    /** The drill. */
    jobId: text("job_id").notNull(),
    clientId: text("client_id").notNull(),
    /** Null: an archive that no plan of ours made. */
    planId: text("plan_id"),
    repositoryId: text("repository_id").notNull(),
    archiveId: text("archive_id").notNull(),
    archiveName: text("archive_name").notNull(),
    /** The machine on which it was restored; null: on the storage node. */
    ontoClientId: text("onto_client_id"),
    scope: text("scope", { enum: DRILL_SCOPES }).notNull(),
    outcome: text("outcome", { enum: DRILL_OUTCOMES }).notNull(),
    say: text("say").notNull(),
    endedAt: instant("ended_at").notNull(),
    milliseconds: bigint("milliseconds", { mode: "number" }).notNull(),
    /** Files that were compared with the machine's hashes. */
    comparedFiles: bigint("compared_files", { mode: "number" }).notNull(),
    restoredFiles: bigint("restored_files", { mode: "number" }).notNull(),
    restoredBytes: bigint("restored_bytes", { mode: "number" }).notNull(),
    /** The file itself, to the byte. */
    document: text("document").notNull(),
  },
  (table) => [
    uniqueIndex("certificates_job").on(table.jobId),
    index("certificates_newest").on(table.endedAt, table.id),
    index("certificates_client").on(table.clientId, table.endedAt, table.id),
    index("certificates_plan").on(table.planId, table.repositoryId, table.endedAt),
    index("certificates_failed").on(table.planId, table.repositoryId).where(sql`${table.outcome} = 'failed'`),
    index("certificates_proofs")
      .on(table.planId, table.repositoryId, table.endedAt)
      .where(sql`${table.outcome} <> 'failed'`),
  ],
);
