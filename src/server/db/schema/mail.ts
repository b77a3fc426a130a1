import { index, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { secretText } from "../secret-text";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Mail that the worker sends: the web never connects out for it. Written by the mail room only. */
export const outgoingMails = pgTable(
  "outgoing_mails",
  {
    id: text("id").primaryKey(),
    recipient: text("recipient").notNull(),
    subject: text("subject").notNull(),
    /** Sealed, because it may hold a link that lets its reader in. Emptied when it was sent or given up. */
    bodySealed: secretText("body_sealed"),
    createdAt: instant("created_at").notNull(),
    /** When it is tried next; null: sent or given up. */
    dueAt: instant("due_at"),
    /** No later than this: a link that is dead helps nobody. */
    expiresAt: instant("expires_at").notNull(),
    attempts: integer("attempts").notNull().default(0),
    sentAt: instant("sent_at"),
    problem: text("problem"),
  },
  (table) => [index("outgoing_mails_due").on(table.dueAt)],
);
