import { sql } from "drizzle-orm";
import { bigint, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { Coverage, Encryption } from "~/domain/repository";
import type { FoundRepository, ImportCandidate, LostRepository } from "~/domain/repository-import";
import { secretText } from "../secret-text";
import { clients, storageNodes } from "./clients";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** `creating` until the keeper has made it; `failed` says why in `problem`. */
export const REPOSITORY_STATES = ["creating", "ready", "failed"] as const;

/** borg repositories, one client each. Written by the repositories room only. The URL is rendered, never stored. */
export const repositories = pgTable(
  "repositories",
  {
    id: text("id").primaryKey(),
    clientId: text("client_id")
      .notNull()
      .references(() => clients.id),
    storageNodeId: text("storage_node_id")
      .notNull()
      .references(() => storageNodes.id),
    name: text("name").notNull(),
    state: text("state", { enum: REPOSITORY_STATES }).notNull(),
    problem: text("problem"),
    /** borg's own id of the repository, 64 hex characters; null until made. */
    borgId: text("borg_id"),
    /** AES-256-GCM; see secrets/seal-secret. */
    passphraseSealed: secretText("passphrase_sealed").notNull(),
    /** The text of borg's key file, for one that was made elsewhere with a key file; null: borg keeps the key in the repository. */
    keySealed: secretText("key_sealed"),
    /** As borg names it. */
    encryption: text("encryption").$type<Encryption>().notNull().default("repokey-blake2"),
    /** Storage location by the name that the node's own configuration gives it. */
    location: text("location").notNull().default("main"),
    /** Hard: borg refuses to write more. */
    quotaBytes: bigint("quota_bytes", { mode: "number" }),
    /** Soft: an alert, nothing else. */
    softQuotaBytes: bigint("soft_quota_bytes", { mode: "number" }),
    /** What the last check said and how much of the repository has been re-read, as the keeper told it. */
    coverage: jsonb("coverage").$type<Coverage>(),
    /** Bytes on disk when last measured. */
    sizeBytes: bigint("size_bytes", { mode: "number" }),
    sizedAt: instant("sized_at"),
    /** Quarantined since: nothing is handed out for it until a person has reviewed it. Null: it is not. */
    heldAt: instant("held_at"),
    createdAt: instant("created_at").notNull(),
    removedAt: instant("removed_at"),
    /** Removed, and deleted from the disk for good after this; null with `removedAt`: gone. Until then removing can be undone. */
    deleteAfter: instant("delete_after"),
  },
  (table) => [
    uniqueIndex("repositories_living_name")
      .on(table.clientId, sql`lower(${table.name})`)
      .where(sql`${table.removedAt} is null`),
  ],
);

/** `checking` and `adopting` while a job works on it; `checked` waits for a person; `refused` says why in `problem`. */
export const IMPORT_STATES = ["checking", "checked", "adopting", "refused"] as const;

/** Repositories that are being taken in: asked for by a person, gone once it is done. Written by the repositories room only. */
export const repositoryImports = pgTable("repository_imports", {
  /** The id that the repository gets, or keeps. */
  id: text("id").primaryKey(),
  clientId: text("client_id")
    .notNull()
    .references(() => clients.id),
  /** What the keeper calls the folder; null: it has the repository already, and only our row was lost. */
  candidateId: text("candidate_id"),
  location: text("location").notNull(),
  /** Name of the folder, for people. */
  folder: text("folder").notNull(),
  name: text("name").notNull(),
  state: text("state", { enum: IMPORT_STATES }).notNull(),
  problem: text("problem"),
  /** AES-256-GCM; see secrets/seal-secret. */
  passphraseSealed: secretText("passphrase_sealed").notNull(),
  /** borg's exported key, where the repository was made with a key file. */
  keySealed: secretText("key_sealed"),
  found: jsonb("found").$type<FoundRepository>(),
  /** The job that works on it, or did last. */
  jobId: text("job_id"),
  createdAt: instant("created_at").notNull(),
});

/** What each storage node told last of folders that could be taken in. Written by the repositories room only. */
export const importListings = pgTable("import_listings", {
  storageNodeId: text("storage_node_id")
    .primaryKey()
    .references(() => storageNodes.id),
  candidates: jsonb("candidates").$type<ImportCandidate[]>().notNull().default([]),
  /** Repositories that the keeper has and we have no row of. */
  lost: jsonb("lost").$type<LostRepository[]>().notNull().default([]),
  at: instant("at").notNull(),
});
