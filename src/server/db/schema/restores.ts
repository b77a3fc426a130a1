import { pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { secretText } from "../secret-text";

/** Parcels that are being made, read or removed: what a restore to another client reads. Gone when the parcel is. Written by the restores room only. */
export const parcels = pgTable("parcels", {
  /** The keeper's id of it. */
  id: text("id").primaryKey(),
  /** The restore that reads it. */
  jobId: text("job_id").notNull(),
  passphraseSealed: secretText("passphrase_sealed").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true, precision: 3 }).notNull(),
});
