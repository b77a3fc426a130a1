import { sql } from "drizzle-orm";
import { bigint, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { Coverage, Encryption } from "~/domain/repository";
import { secretText } from "../secret-text";
import { clients, storageNodes } from "./clients";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** `creating` until the keeper has made it; `failed` says why in `problem`. */
export const REPOSITORY_STATES = ["creating", "ready", "failed"] as const;

/** borg repositories, one client each. Written by the repositories room only. The URL is rendered, never stored. */
export const repositories = pgTable(
  "repositories",
  {
    id: text("id").primaryKey(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    storageNodeId: text("storage_node_id")
      .notNull()
      .references(() => storageNodes.id),
    name: text("name").notNull(),
    state: text("state", { enum: REPOSITORY_STATES }).notNull(),
    problem: text("problem"),
    /** borg's own id of the repository, 64 hex characters; null until made. */
    borgId: text("borg_id"),
    /** AES-256-GCM; see secrets/seal-secret. */
    passphraseSealed: secretText("passphrase_sealed").notNull(),
    /** As borg names it. */
    encryption: text("encryption").$type<Encryption>().notNull().default("repokey-blake2"),
    /** Storage location by the name that the node's own configuration gives it. */
    location: text("location").notNull().default("main"),
    /** Hard: borg refuses to write more. */
    quotaBytes: bigint("quota_bytes", { mode: "number" }),
    /** Soft: an alert, nothing else. */
    softQuotaBytes: bigint("soft_quota_bytes", { mode: "number" }),
    /** What the last check said and how much of the repository has been re-read, as the keeper told it. */
    coverage: jsonb("coverage").$type<Coverage>(),
    /** Bytes on disk when last measured. */
    sizeBytes: bigint("size_bytes", { mode: "number" }),
    sizedAt: instant("sized_at"),
    /** Quarantined since: nothing is handed out for it until a person has reviewed it. Null: it is not. */
    heldAt: instant("held_at"),
    createdAt: instant("created_at").notNull(),
    removedAt: instant("removed_at"),
    /** Removed, and deleted from the disk for good after this; null with `removedAt`: gone. Until then removing can be undone. */
    deleteAfter: instant("delete_after"),
  },
  (table) => [
    uniqueIndex("repositories_living_name")
      .on(table.clientId, sql`lower(${table.name})`)
      .where(sql`${table.removedAt} is null`),
  ],
);
