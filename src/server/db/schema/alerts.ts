import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { AlertKind, AlertSeverity, ChannelKind, ChannelSettings } from "~/domain/alert";
import { secretText } from "../secret-text";
import { signIns, users } from "./access";
import { clients } from "./clients";
import { jobs } from "./jobs";
import { plans } from "./plans";
import { repositories } from "./repositories";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What a person should know of, once each: a thing that stays wrong is one alert, however often it is found. Written by the alerts room only. */
export const alerts = pgTable(
  "alerts",
  {
    id: text("id").primaryKey(),
    /** Names the wrong thing, such as `overdue plan <id>`: at most one open alert of a key. */
    key: text("key").notNull(),
    kind: text("kind").$type<AlertKind>().notNull(),
    severity: text("severity").$type<AlertSeverity>().notNull(),
    /** Null: about no single client; for admins. */
    clientId: text("client_id").references(() => clients.id),
    planId: text("plan_id").references(() => plans.id),
    repositoryId: text("repository_id").references(() => repositories.id),
    jobId: text("job_id").references(() => jobs.id),
    title: text("title").notNull(),
    say: text("say").notNull(),
    openedAt: instant("opened_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    /** How often it was found since it was opened. */
    times: integer("times").notNull().default(1),
    acknowledgedAt: instant("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by").references(() => users.id, { onDelete: "set null" }),
    /** Raised by one step because nobody looked. */
    escalatedAt: instant("escalated_at"),
    resolvedAt: instant("resolved_at"),
  },
  (table) => [
    uniqueIndex("alerts_one_open").on(table.key).where(sql`${table.resolvedAt} is null`),
    // A thing that goes wrong again soon after it was right is the same alert.
    index("alerts_key").on(table.key, table.resolvedAt),
    index("alerts_newest").on(table.openedAt, table.id),
    index("alerts_open").on(table.clientId, table.openedAt).where(sql`${table.resolvedAt} is null`),
  ],
);

/** Where alerts go. Written by the alerts room only. */
export const alertChannels = pgTable(
  "alert_channels",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<ChannelKind>().notNull(),
    name: text("name").notNull(),
    settings: jsonb("settings").$type<ChannelSettings>().notNull(),
    /** The address with its token, the password, the keys of a browser: whatever lets one write there. */
    secretSealed: secretText("secret_sealed"),
    minSeverity: text("min_severity").$type<AlertSeverity>().notNull(),
    enabled: boolean("enabled").notNull(),
    /** With `push`: whose browser. Null: everybody's channel. */
    userId: text("user_id").references(() => users.id, { onDelete: "cascade" }),
    /** With `push`: the sign-in in that browser. Ended by anybody, nothing is sent there any more. */
    signInId: text("sign_in_id").references(() => signIns.id, { onDelete: "cascade" }),
    /** With `push`: SHA-256 of the address, by which a browser is known again without opening it. */
    endpointHash: text("endpoint_hash"),
    /** With `ping`: the plan whose backups are told there. */
    planId: text("plan_id").references(() => plans.id),
    createdAt: instant("created_at").notNull(),
    lastSentAt: instant("last_sent_at"),
    /** Why the last one did not get there; null: it did. */
    lastProblem: text("last_problem"),
  },
  (table) => [
    uniqueIndex("alert_channels_browser").on(table.endpointHash),
    index("alert_channels_person").on(table.userId),
  ],
);

/** What is still to be sent, and what was sent lately. Written by the alerts room only. */
export const alertDeliveries = pgTable(
  "alert_deliveries",
  {
    id: text("id").primaryKey(),
    channelId: text("channel_id")
      .notNull()
      .references(() => alertChannels.id, { onDelete: "cascade" }),
    /** Null: a test, a ping or a digest. */
    alertId: text("alert_id").references(() => alerts.id, { onDelete: "cascade" }),
    event: text("event", {
      enum: ["opened", "escalated", "resolved", "test", "start", "success", "fail", "alive"],
    }).notNull(),
    state: text("state", { enum: ["waiting", "sent", "given-up"] }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    notBefore: instant("not_before").notNull(),
    problem: text("problem"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    index("alert_deliveries_waiting").on(table.notBefore).where(sql`${table.state} = 'waiting'`),
    index("alert_deliveries_channel").on(table.channelId, table.createdAt),
    index("alert_deliveries_alert").on(table.alertId),
  ],
);

/** A person's summary by mail. Written by the alerts room only. */
export const digests = pgTable("digests", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  every: text("every", { enum: ["day", "week"] }).notNull(),
  /** Hour of the day in `zone`; weekly ones go out on Mondays. */
  hour: integer("hour").notNull(),
  zone: text("zone").notNull(),
  nextAt: instant("next_at").notNull(),
});
