import { jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { SettingName } from "~/domain/settings";
import { secretText } from "../secret-text";

/** What admins have set (domain/settings); without a row the defaults hold. Written by the settings room only. */
export const settings = pgTable("settings", {
  name: text("name").$type<SettingName>().primaryKey(),
  value: jsonb("value").notNull(),
  /** What belongs to it and must not be read: the password of the mail account, the client secret of OpenID Connect. */
  secretSealed: secretText("secret_sealed"),
  changedAt: timestamp("changed_at", { withTimezone: true, precision: 3 }).notNull(),
});
