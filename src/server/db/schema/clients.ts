import { sql } from "drizzle-orm";
import { bigint, index, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { AgentPolicy, Machine } from "~/protocol/v1";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Machines that run sshd, keeper, worker and repositories. One row, `main`, until a second is added. */
export const storageNodes = pgTable("storage_nodes", {
  id: text("id").primaryKey(),
  name: text("name").notNull().unique(),
  createdAt: instant("created_at").notNull(),
});

/** A machine that is backed up. Written by the clients room only. `removedAt` set: gone from the console, its repositories stay. */
export const clients = pgTable(
  "clients",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    storageNodeId: text("storage_node_id")
      .notNull()
      .references(() => storageNodes.id),
    createdAt: instant("created_at").notNull(),
    enrolledAt: instant("enrolled_at"),
    /** The keeper has made the account and written the authorized key. */
    provisionedAt: instant("provisioned_at"),
    /** Why provisioning failed, for the person; null when it did not. */
    provisionProblem: text("provision_problem"),
    sshPublicKey: text("ssh_public_key"),
    /** The Unix account that serves it, as the keeper named it; null until it has. */
    sshUser: text("ssh_user"),
    /** What the machine said of itself at its last poll. */
    machine: jsonb("machine").$type<Machine>(),
    /** What the machine's own policy file allows. The machine enforces it; we only show it. */
    policy: jsonb("policy").$type<AgentPolicy>(),
    lastSeenAt: instant("last_seen_at"),
    /** Hard, over all its repositories: the storage node lets no writing session in beyond it. */
    quotaBytes: bigint("quota_bytes", { mode: "number" }),
    /** Soft, over all its repositories: an alert, nothing else. */
    softQuotaBytes: bigint("soft_quota_bytes", { mode: "number" }),
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("clients_living_name").on(sql`lower(${table.name})`).where(sql`${table.removedAt} is null`),
    index("clients_last_seen").on(table.lastSeenAt),
  ],
);

/** One-time tokens with which a machine becomes a client. Only the SHA-256 is stored. */
export const enrolmentTokens = pgTable(
  "enrolment_tokens",
  {
    id: text("id").primaryKey(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    tokenHash: text("token_hash").notNull().unique(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("enrolment_tokens_client").on(table.clientId)],
);

/** API keys of agents. Only the SHA-256 is stored; a new enrolment revokes the old key. */
export const agentKeys = pgTable(
  "agent_keys",
  {
    id: text("id").primaryKey(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    keyHash: text("key_hash").notNull().unique(),
    createdAt: instant("created_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("agent_keys_client").on(table.clientId)],
);

/** Words by which clients are grouped, also for permissions. Lower case. */
export const clientTags = pgTable(
  "client_tags",
  {
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    tag: text("tag").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.tag] }), index("client_tags_tag").on(table.tag)],
);

/** Paths on a client that no plan covers, as its agent found them. Written by the plans room only. */
export const clientGaps = pgTable(
  "client_gaps",
  {
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    path: text("path").notNull(),
    kind: text("kind", { enum: ["mount", "database", "home", "folder"] }).notNull(),
    bytes: bigint("bytes", { mode: "number" }),
    foundAt: instant("found_at").notNull(),
    /** Somebody said that it needs no backup. */
    dismissedAt: instant("dismissed_at"),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.path] })],
);
