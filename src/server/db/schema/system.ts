import { bigint, date, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
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
