import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { KeepRules } from "~/domain/retention";
import { clients } from "./clients";
import { repositories } from "./repositories";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What to back up and where to. Written by the plans room only. */
export const plans = pgTable(
  "plans",
  {
    id: text("id").primaryKey(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    repositoryId: text("repository_id")
      .notNull()
      .references(() => repositories.id),
    name: text("name").notNull(),
    /** Absolute paths on the client, as typed. */
    sources: jsonb("sources").$type<string[]>().notNull(),
    /** borg exclude patterns, as typed. */
    excludes: jsonb("excludes").$type<string[]>().notNull(),
    /** borg's own notation, e.g. `lz4`, `zstd,6`. */
    compression: text("compression").notNull(),
    oneFileSystem: boolean("one_file_system").notNull(),
    excludeCaches: boolean("exclude_caches").notNull(),
    /** How long archives are kept; null: for ever. */
    keep: jsonb("keep").$type<KeepRules>(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("plans_living_name")
      .on(table.clientId, sql`lower(${table.name})`)
      .where(sql`${table.removedAt} is null`),
    index("plans_repository").on(table.repositoryId),
  ],
);
