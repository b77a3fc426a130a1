import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { type AnomalyReason, STRENGTHS } from "~/domain/anomaly";
import type { BackupFeatures } from "~/domain/anomaly-features";
import { repositories } from "./repositories";
import { archiveLedger } from "./vault";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/**
 * How conspicuous each backup of a plan is, and what was decided of it. A strong one that lives and is not resolved holds retention of its
 * repository. Rows of archives that are gone stay: they are the plan's history. Written by the archives room only.
 */
export const archiveScores = pgTable(
  "archive_scores",
  {
    archiveId: text("archive_id")
      .primaryKey()
      .references(() => archiveLedger.id),
    repositoryId: text("repository_id")
      .notNull()
      .references(() => repositories.id),
    planId: text("plan_id").notNull(),
    /** The archive's. */
    observedAt: instant("observed_at").notNull(),
    /** The plan's archive that it was held against; null: it was the first. */
    beforeArchiveId: text("before_archive_id"),
    features: jsonb("features").$type<BackupFeatures>().notNull(),
    basis: text("basis", { enum: ["catalog", "borg"] }).notNull(),
    score: integer("score").notNull(),
    strength: text("strength", { enum: STRENGTHS }).notNull(),
    reasons: jsonb("reasons").$type<AnomalyReason[]>().notNull(),
    scoredAt: instant("scored_at").notNull(),
    /** `ours`: an ordinary backup after all, it counts as history from then on. `dealt-with`: it was an attack or a loss, and is over. */
    resolution: text("resolution", { enum: ["ours", "dealt-with"] }),
    resolvedAt: instant("resolved_at"),
    resolvedBy: text("resolved_by"),
    /** Typed by that person. */
    reason: text("reason"),
  },
  (table) => [
    index("archive_scores_plan").on(table.planId, table.repositoryId, table.observedAt),
    index("archive_scores_holding")
      .on(table.repositoryId)
      .where(sql`${table.strength} = 'strong' and ${table.resolvedAt} is null`),
  ],
);
