import { index, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import { DOWNLOAD_FORMATS } from "~/domain/download";
import { secretText } from "../secret-text";
import { users } from "./access";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Tickets for files out of an archive: each is used once, and gone a day later. The journal remembers. Written by the archives room only. */
export const downloads = pgTable(
  "downloads",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of the ticket, which only the person who asked was shown. */
    ticketHash: text("ticket_hash").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    archiveId: text("archive_id").notNull(),
    format: text("format", { enum: DOWNLOAD_FORMATS }).notNull(),
    /** base64 of their bytes; none: the whole archive. */
    paths: jsonb("paths").$type<string[]>().notNull(),
    /** What the browser is told to call it. */
    fileName: text("file_name").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    /** Where the worker brings the files, with the key to that one delivery; taken away when it is read. */
    deliverySealed: secretText("delivery_sealed"),
  },
  (table) => [
    uniqueIndex("downloads_ticket").on(table.ticketHash),
    index("downloads_expired").on(table.expiresAt),
  ],
);
