import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { NO_OBJECTIVES, NO_OPTIONS } from "~/domain/no-options";
import type { PlanObjectives, PlanOptions } from "~/domain/plan-options";
import type { StoredKeepRules } from "~/domain/retention";
import { clients } from "./clients";
import { repositories } from "./repositories";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Settings that many plans share: a template begins a plan, a profile is applied to plans again when it changed. Written by the plans room only. */
export const planProfiles = pgTable(
  "plan_profiles",
  {
    id: text("id").primaryKey(),
    kind: text("kind", { enum: ["template", "profile"] }).notNull(),
    name: text("name").notNull(),
    /** Which fields of a plan it sets, with their values. */
    settings: jsonb("settings").$type<Record<string, unknown>>().notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [uniqueIndex("plan_profiles_name").on(table.kind, sql`lower(${table.name})`)],
);

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
    keep: jsonb("keep").$type<StoredKeepRules>(),
    /** What it asks of borg and of the machine beyond directories. */
    options: jsonb("options").$type<PlanOptions>().notNull().default(NO_OPTIONS),
    objectives: jsonb("objectives").$type<PlanObjectives>().notNull().default(NO_OBJECTIVES),
    /** The profile whose settings it took last; null: none. */
    profileId: text("profile_id").references(() => planProfiles.id),
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

/** Further repositories of a plan beside the one in its row: each gets a job and a result of its own. Written by the plans room only. */
export const planCopies = pgTable(
  "plan_copies",
  {
    planId: text("plan_id")
      .notNull()
      .references(() => plans.id, { onDelete: "cascade" }),
    repositoryId: text("repository_id")
      .notNull()
      .references(() => repositories.id),
  },
  (table) => [
    primaryKey({ columns: [table.planId, table.repositoryId] }),
    index("plan_copies_repository").on(table.repositoryId),
  ],
);
