import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { NodeStatus } from "~/domain/node-status";
import { storageNodes } from "./clients";

/** What each storage node said of itself last; the worker writes it every 30 s. Written by the system room only. */
export const systemNodeStatus = pgTable("system_node_status", {
  storageNodeId: text("storage_node_id")
    .primaryKey()
    .references(() => storageNodes.id),
  status: jsonb("status").$type<NodeStatus>().notNull(),
  at: timestamp("at", { withTimezone: true, precision: 3 }).notNull(),
});

/** How full each storage location was once a day, for the forecast. Written by the system room only. */
export const storageDays = pgTable(
  "storage_days",
  {
    storageNodeId: text("storage_node_id")
      .notNull()
      .references(() => storageNodes.id),
    /** By the name that the node's own configuration gives it. */
    location: text("location").notNull(),
    /** UTC. */
    measuredOn: date("measured_on").notNull(),
    usedBytes: bigint("used_bytes", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.storageNodeId, table.location, table.measuredOn] })],
);

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/**
 * Backups of this server itself. No jobs: a job belongs to a client and to whoever may see that client, these to nobody but admins. Written by
 * the system room only.
 */
export const selfBackups = pgTable(
  "self_backups",
  {
    id: text("id").primaryKey(),
    state: text("state", { enum: ["queued", "running", "succeeded", "failed"] }).notNull(),
    /** User id; null: the server itself, or `bbs-admin`. */
    requestedBy: text("requested_by"),
    createdAt: instant("created_at").notNull(),
    startedAt: instant("started_at"),
    endedAt: instant("ended_at"),
    /** Fencing token and time limit of whoever makes it. */
    lease: integer("lease").notNull().default(0),
    leaseExpiresAt: instant("lease_expires_at"),
    /** Public half of the key that opens it, base64. */
    recoveryKey: text("recovery_key"),
    fileName: text("file_name"),
    bytes: bigint("bytes", { mode: "number" }),
    /** Names of the storage locations that hold it. */
    locations: jsonb("locations").$type<string[]>(),
    /** The keeper keeps the newest; it is gone since. */
    removedAt: instant("removed_at"),
    /** For the person: why it failed. */
    problem: text("problem"),
  },
  (table) => [
    index("self_backups_newest").on(table.createdAt, table.id),
    uniqueIndex("self_backups_one_at_a_time")
      .on(sql`(true)`)
      .where(sql`${table.state} in ('queued', 'running')`),
  ],
);
