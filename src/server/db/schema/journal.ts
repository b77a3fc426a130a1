import { sql } from "drizzle-orm";
import { bigint, index, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { JournalAction } from "~/domain/journal-action";

/**
 * The journal: who did what, each entry bound to the one before it by a hash. Written by `journal/append-entry` only. Migration
 * 0009 takes UPDATE, DELETE and TRUNCATE from everybody by trigger and from bbs_app by grant, and lets an entry in only behind
 * the last one. Names stand here as they were; no foreign keys, an entry outlives what it is about.
 */
export const journalEntries = pgTable(
  "journal_entries",
  {
    /** 1, 2, 3 ... without gaps: given by `appendEntry` under its lock, so that a missing entry shows. */
    id: bigint("id", { mode: "number" }).primaryKey(),
    at: timestamp("at", { withTimezone: true, precision: 3 }).notNull(),
    actorKind: text("actor_kind", { enum: ["user", "agent", "worker", "nobody"] }).notNull(),
    actorId: text("actor_id"),
    actorName: text("actor_name"),
    action: text("action").$type<JournalAction>().notNull(),
    /** One sentence for people. */
    say: text("say").notNull(),
    clientId: text("client_id"),
    repositoryId: text("repository_id"),
    /** What changed, before and after; never a secret. */
    detail: jsonb("detail").$type<Record<string, unknown>>().notNull(),
    /** SHA-256 in hex of the entry before; 64 zeros for the first. */
    previousHash: text("previous_hash").notNull(),
    /** SHA-256 in hex over this entry with `previousHash`: see journal/entry-hash. */
    hash: text("hash").notNull(),
  },
  (table) => [
    index("journal_entries_client").on(table.clientId, table.id),
    index("journal_entries_actor").on(table.actorId, table.id),
    index("journal_entries_action").on(table.action, table.id),
    index("journal_entries_user").on(sql`(${table.detail} ->> 'userId')`, table.id),
  ],
);
