import { jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
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
