import { sql } from "drizzle-orm";
import { index, integer, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import { ROLES } from "~/domain/permission";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** People. Written by the access room only. */
export const users = pgTable(
  "users",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    /** bcrypt, cost 12. */
    passwordHash: text("password_hash").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    createdAt: instant("created_at").notNull(),
    disabledAt: instant("disabled_at"),
  },
  (table) => [uniqueIndex("users_email").on(sql`lower(${table.email})`)],
);

/** A person's sign-in. The cookie carries the id only; this row decides on every request. */
export const signIns = pgTable(
  "sign_ins",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    createdAt: instant("created_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
    address: text("address"),
    device: text("device"),
  },
  (table) => [index("sign_ins_user").on(table.userId)],
);

/** The one-time link that makes the first admin. Only the SHA-256 of its token is stored. */
export const setupLinks = pgTable("setup_links", {
  id: text("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
});

/** Tokens for scripts and the `bbs` command. Only the SHA-256 is stored; the owner's role applies. */
export const apiTokens = pgTable(
  "api_tokens",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    name: text("name").notNull(),
    tokenHash: text("token_hash").notNull().unique(),
    createdAt: instant("created_at").notNull(),
    lastUsedAt: instant("last_used_at"),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("api_tokens_user").on(table.userId)],
);

/** How often something was tried in a window of time, e.g. sign-ins from one address to one account. */
export const rateLimits = pgTable(
  "rate_limits",
  {
    key: text("key").primaryKey(),
    windowEndsAt: instant("window_ends_at").notNull(),
    used: integer("used").notNull(),
  },
  (table) => [index("rate_limits_ended").on(table.windowEndsAt)],
);
