import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { Evidence } from "~/domain/tamper";
import type { KeeperOutput } from "~/keeper/contract";
import type { VaultState } from "~/keeper/contract/vault";
import { secretText } from "../secret-text";
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
    /** The session that committed it (sequence of the storage node); null: unknown, or older than the vault. */
    sessionSequence: bigint("session_sequence", { mode: "number" }),
    /** The keeper's revision of this entry that was copied last. */
    revision: bigint("revision", { mode: "number" }).notNull().default(0),
    /** Never trashed while set. */
    isProtected: boolean("is_protected").notNull().default(false),
    /** In the trash since; still restorable. */
    trashedAt: instant("trashed_at"),
    /** Deleted for good by us, or given up with an accepted incident. */
    removedAt: instant("removed_at"),
    /** When its numbers were asked for; null: they still must be. With the numbers null: borg could not say them. */
    describedAt: instant("described_at"),
  },
  (table) => [
    uniqueIndex("archive_ledger_borg_id").on(table.repositoryId, table.borgId),
    index("archive_ledger_newest")
      .on(table.repositoryId, table.observedAt)
      .where(sql`${table.removedAt} is null`),
    index("archive_ledger_all_newest").on(table.observedAt, table.id).where(sql`${table.removedAt} is null`),
    index("archive_ledger_plan").on(table.planId, table.observedAt),
    index("archive_ledger_plan_newest")
      .on(table.planId, table.repositoryId, table.observedAt)
      .where(sql`${table.removedAt} is null and ${table.trashedAt} is null`),
    index("archive_ledger_undescribed")
      .on(table.repositoryId, table.revision)
      .where(sql`${table.describedAt} is null and ${table.removedAt} is null`),
    index("archive_ledger_trash")
      .on(table.trashedAt)
      .where(sql`${table.trashedAt} is not null and ${table.removedAt} is null`),
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
    repositoryId: text("repository_id"),
    writing: boolean("writing").notNull().default(false),
    transactionBefore: bigint("transaction_before", { mode: "number" }),
    transactionAfter: bigint("transaction_after", { mode: "number" }),
    callsRefused: integer("calls_refused").notNull().default(0),
    refusedCalls: jsonb("refused_calls").$type<{ call: string; say: string }[]>().notNull().default([]),
  },
  (table) => [
    index("gate_sessions_client").on(table.clientId, table.startedAt),
    index("gate_sessions_repository").on(table.repositoryId, table.startedAt),
    uniqueIndex("gate_sessions_sequence").on(table.storageNodeId, table.sequence),
  ],
);

/** Copy of the keeper's vault state of each repository, for the console. The keeper's own record decides. Written by vault. */
export const vaultStates = pgTable("vault_states", {
  repositoryId: text("repository_id")
    .primaryKey()
    .references(() => repositories.id),
  state: jsonb("state").$type<VaultState>().notNull(),
  /** Not null: quarantined. Stands as a column because hand-out and lists ask for it. */
  heldAt: instant("held_at"),
  updatedAt: instant("updated_at").notNull(),
});

/** Every time a repository was found not clean. Written by vault. */
export const vaultIncidents = pgTable(
  "vault_incidents",
  {
    id: text("id").primaryKey(),
    repositoryId: text("repository_id")
      .notNull()
      .references(() => repositories.id),
    clientId: text("client_id").notNull(),
    openedAt: instant("opened_at").notNull(),
    evidence: jsonb("evidence").$type<Evidence[]>().notNull(),
    /** Sequences of the writing sessions since the last clean state. */
    sessions: jsonb("sessions").$type<number[]>().notNull(),
    lastCleanAt: instant("last_clean_at"),
    lastCleanArchives: integer("last_clean_archives").notNull(),
    resolvedAt: instant("resolved_at"),
    resolution: text("resolution", { enum: ["rolled-back", "accepted"] }),
    resolvedBy: text("resolved_by"),
    /** What each transaction did, as the keeper read it when the incident opened; null: it could not be read. */
    review: jsonb("review").$type<KeeperOutput<"review-hold">>(),
    /** Typed by the person who accepted it. */
    reason: text("reason"),
    /** What rolling back or accepting did. */
    outcome: jsonb("outcome").$type<Record<string, unknown>>(),
  },
  (table) => [
    index("vault_incidents_newest").on(table.openedAt, table.id),
    uniqueIndex("vault_incidents_one_open").on(table.repositoryId).where(sql`${table.resolvedAt} is null`),
  ],
);

/** borg's own key of each repository, exported when it was made and compared at each audit. Written by vault. */
export const keyEscrows = pgTable("key_escrows", {
  repositoryId: text("repository_id")
    .primaryKey()
    .references(() => repositories.id),
  /** AES-256-GCM; see secrets/seal-secret. */
  keySealed: secretText("key_sealed").notNull(),
  configSha256: text("config_sha256").notNull(),
  escrowedAt: instant("escrowed_at").notNull(),
});
