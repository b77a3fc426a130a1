import { sql } from "drizzle-orm";
import { bigint, doublePrecision, index, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import { repositories } from "./repositories";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/**
 * The archive ledger: every archive we have seen committed, with *our* time. Written by the vault room only; the archives room
 * reads it. `claimed*` is what the client's borg wrote into the archive and proves nothing.
 */
export const archiveLedger = pgTable(
  "archive_ledger",
  {
    id: text("id").primaryKey(),
    repositoryId: text("repository_id")
      .notNull()
      .references(() => repositories.id),
    /** borg's archive id, 64 hex characters. */
    borgId: text("borg_id").notNull(),
    name: text("name").notNull(),
    planId: text("plan_id"),
    jobId: text("job_id"),
    observedAt: instant("observed_at").notNull(),
    claimedStartAt: instant("claimed_start_at").notNull(),
    claimedEndAt: instant("claimed_end_at"),
    hostname: text("hostname"),
    username: text("username"),
    originalBytes: bigint("original_bytes", { mode: "number" }),
    compressedBytes: bigint("compressed_bytes", { mode: "number" }),
    deduplicatedBytes: bigint("deduplicated_bytes", { mode: "number" }),
    fileCount: bigint("file_count", { mode: "number" }),
    durationSeconds: doublePrecision("duration_seconds"),
    /** Removed by us, on purpose. */
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("archive_ledger_borg_id").on(table.repositoryId, table.borgId),
    index("archive_ledger_newest")
      .on(table.repositoryId, table.observedAt)
      .where(sql`${table.removedAt} is null`),
    index("archive_ledger_all_newest").on(table.observedAt, table.id).where(sql`${table.removedAt} is null`),
    index("archive_ledger_plan").on(table.planId, table.observedAt),
  ],
);

/** Copy of the keeper's session ledger for the console. The keeper's own file is the evidence; this is a view. Written by vault. */
export const gateSessions = pgTable(
  "gate_sessions",
  {
    /** `<keeper's sequence number>@<storage node>`. */
    id: text("id").primaryKey(),
    storageNodeId: text("storage_node_id").notNull(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    clientId: text("client_id").notNull(),
    peerAddress: text("peer_address"),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at"),
    bytesIn: bigint("bytes_in", { mode: "number" }),
    bytesOut: bigint("bytes_out", { mode: "number" }),
    exitCode: bigint("exit_code", { mode: "number" }),
    /** Set when the gate refused: what was asked for and why not. */
    refused: text("refused"),
  },
  (table) => [
    index("gate_sessions_client").on(table.clientId, table.startedAt),
    uniqueIndex("gate_sessions_sequence").on(table.storageNodeId, table.sequence),
  ],
);
