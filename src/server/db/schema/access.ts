import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { type Grant, type Permission, ROLES, type Scope } from "~/domain/permission";
import { secretText } from "../secret-text";
import { clients } from "./clients";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** People. Written by the access room only. */
export const users = pgTable(
  "users",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    /** bcrypt, cost 12. Null: this person has no password and signs in by passkey or OpenID Connect. */
    passwordHash: text("password_hash"),
    role: text("role", { enum: ROLES }).notNull(),
    createdAt: instant("created_at").notNull(),
    disabledAt: instant("disabled_at"),
    /** Came by OpenID Connect and waits for an admin since then. */
    pendingSince: instant("pending_since"),
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
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: instant("created_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
    address: text("address"),
    device: text("device"),
    by: text("by", { enum: ["password", "passkey", "oidc"] })
      .notNull()
      .default("password"),
    /** When the second factor was shown last in this sign-in; a passkey that verified the person counts as both. */
    secondFactorAt: instant("second_factor_at"),
    /** When the password or a second factor was shown last: what reveals a secret asks for it anew after some minutes. */
    confirmedAt: instant("confirmed_at"),
  },
  (table) => [index("sign_ins_user").on(table.userId)],
);

/** Permissions of users, for one client, for all with a tag, or (neither) for all. Admins need none. */
export const grants = pgTable(
  "grants",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    clientId: text("client_id").references(() => clients.id),
    tag: text("tag"),
    permissions: text("permissions").array().$type<Permission[]>().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("grants_one_each").on(
      table.userId,
      sql`coalesce(${table.clientId}, '')`,
      sql`coalesce(${table.tag}, '')`,
    ),
    check("grants_one_scope", sql`${table.clientId} is null or ${table.tag} is null`),
  ],
);

/** A link by which a person who was invited makes the account. Only the SHA-256 of its token is stored. */
export const invitations = pgTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    grants: jsonb("grants").$type<Grant[]>().notNull(),
    tokenHash: text("token_hash").notNull().unique(),
    invitedBy: text("invited_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("invitations_newest").on(table.createdAt)],
);

/** A link by which a person sets a new password. Only the SHA-256 of its token is stored. */
export const passwordResets = pgTable(
  "password_resets",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    tokenHash: text("token_hash").notNull().unique(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  (table) => [index("password_resets_user").on(table.userId)],
);

/** An authenticator app (TOTP, RFC 6238), one per person. It counts from `confirmedAt` on. */
export const totpFactors = pgTable("totp_factors", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  secretSealed: secretText("secret_sealed").notNull(),
  createdAt: instant("created_at").notNull(),
  confirmedAt: instant("confirmed_at"),
  /** Time step of the last code that was taken: it and everything before it is spent. */
  lastStep: bigint("last_step", { mode: "number" }),
});

/** Recovery codes: bcrypt of each, found by the part that stands before the dash. */
export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    lookup: text("lookup").notNull(),
    codeHash: text("code_hash").notNull(),
    createdAt: instant("created_at").notNull(),
    usedAt: instant("used_at"),
  },
  (table) => [uniqueIndex("recovery_codes_lookup").on(table.userId, table.lookup)],
);

/** WebAuthn credentials. */
export const passkeys = pgTable(
  "passkeys",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** base64url, as the browser names it. */
    credentialId: text("credential_id").notNull().unique(),
    /** COSE key in base64url. */
    publicKey: text("public_key").notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    transports: text("transports").array().notNull(),
    backedUp: boolean("backed_up").notNull(),
    name: text("name").notNull(),
    createdAt: instant("created_at").notNull(),
    lastUsedAt: instant("last_used_at"),
  },
  (table) => [index("passkeys_user").on(table.userId)],
);

/** Challenges that a passkey has to sign; each once. */
export const passkeyChallenges = pgTable(
  "passkey_challenges",
  {
    id: text("id").primaryKey(),
    challenge: text("challenge").notNull(),
    purpose: text("purpose", { enum: ["register", "sign-in", "second-factor"] }).notNull(),
    /** Null: a whole sign-in by passkey, nobody is known yet. */
    userId: text("user_id").references(() => users.id, { onDelete: "cascade" }),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  (table) => [index("passkey_challenges_ended").on(table.expiresAt)],
);

/** Whom a provider of OpenID Connect vouches for. */
export const oidcIdentities = pgTable(
  "oidc_identities",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("oidc_identities_subject").on(table.issuer, table.subject),
    index("oidc_identities_user").on(table.userId),
  ],
);

/** The one-time link that makes the first admin. Only the SHA-256 of its token is stored. */
export const setupLinks = pgTable("setup_links", {
  id: text("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
});

/** Tokens for scripts and the `bbs` command. Only the SHA-256 is stored; never more than the owner may, and only what `scopes` names. */
export const apiTokens = pgTable(
  "api_tokens",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    tokenHash: text("token_hash").notNull().unique(),
    /** Its first characters, by which a person knows it again. */
    shown: text("shown").notNull().default("bbs_"),
    /** Tokens of before there were scopes have all but `reveal-secrets`. */
    scopes: text("scopes")
      .array()
      .$type<Scope[]>()
      .notNull()
      .default(
        sql`'{view,backup,restore,browse-live-disk,manage-plans,manage-repositories,maintenance,delete-archives,manage-clients,administer}'`,
      ),
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
