import {
  bigint,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { RELEASE_SOURCES } from "~/domain/release-source";
import type { ReleaseManifest, ReleaseSignatures } from "~/protocol/release";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** Releases whose signature held when they were taken in. A removed one keeps its row, so that a feed does not bring it again. Written by the updates room only. */
export const releases = pgTable(
  "releases",
  {
    id: text("id").primaryKey(),
    product: text("product").$type<ReleaseManifest["product"]>().notNull(),
    version: text("version").notNull(),
    channel: text("channel").$type<ReleaseManifest["channel"]>().notNull(),
    releasedAt: instant("released_at").notNull(),
    notes: text("notes").notNull(),
    /** The exact bytes that were signed: what agents are given. */
    manifest: bytea("manifest").notNull(),
    signatures: jsonb("signatures").$type<ReleaseSignatures>().notNull(),
    /** The public key, in base64, by which this server believed it. */
    signedBy: text("signed_by").notNull(),
    source: text("source", { enum: RELEASE_SOURCES }).notNull(),
    addedAt: instant("added_at").notNull(),
    removedAt: instant("removed_at"),
  },
  (table) => [uniqueIndex("releases_version").on(table.product, table.version)],
);

/** What files are, by their hash, and how much of each is here. Written by the updates room only. */
export const releaseContents = pgTable(
  "release_contents",
  {
    sha256: text("sha256").primaryKey(),
    size: bigint("size", { mode: "number" }).notNull(),
    /** Chunks that came so far, in order. */
    chunks: integer("chunks").notNull().default(0),
    touchedAt: instant("touched_at").notNull(),
    /** When the whole of it had come and its hash was right; null: nobody is given any of it. */
    storedAt: instant("stored_at"),
  },
  (table) => [index("release_contents_touched").on(table.touchedAt)],
);

/** The files that a manifest names. Written by the updates room only. */
export const releaseFiles = pgTable(
  "release_files",
  {
    releaseId: text("release_id").notNull(),
    name: text("name").notNull(),
    kind: text("kind").$type<ReleaseManifest["files"][number]["kind"]>().notNull(),
    platform: text("platform").notNull(),
    arch: text("arch").notNull(),
    libc: text("libc"),
    borgVersion: text("borg_version"),
    sha256: text("sha256")
      .notNull()
      .references(() => releaseContents.sha256),
  },
  (table) => [
    primaryKey({ columns: [table.releaseId, table.name] }),
    foreignKey({ columns: [table.releaseId], foreignColumns: [releases.id] }),
    index("release_files_sha256").on(table.sha256),
  ],
);

/** The bytes, a mebibyte in each row: replicas of the web share no disk. Written by the updates room only. */
export const releaseChunks = pgTable(
  "release_chunks",
  {
    sha256: text("sha256")
      .notNull()
      .references(() => releaseContents.sha256, { onDelete: "cascade" }),
    position: integer("position").notNull(),
    bytes: bytea("bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.sha256, table.position] })],
);

/** When each address of a release feed was asked last, and what came of it. Written by the updates room only. */
export const releaseFeeds = pgTable("release_feeds", {
  url: text("url").primaryKey(),
  /** Null: it is to be asked now. */
  checkedAt: instant("checked_at"),
  /** Why nothing came of it, for a person; null: it went well. */
  problem: text("problem"),
});
