import { is } from "drizzle-orm";
import { type AnyPgColumn, customType, PgCustomColumn } from "drizzle-orm/pg-core";

/** Nonce and tag alone are 28 bytes, 38 characters: nothing shorter was ever sealed. */
const SEALED = /^1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{38,}$/;

class PlainTextRefused extends Error {}

/**
 * A column that holds what `secrets/seal-secret` made, never plain text. tests/rooms/secrets/every-secret.test.ts finds every column by
 * this type, so that no secret is forgotten when keys are rotated, and fails for a column that is named like one and is not.
 */
export const secretText = customType<{ data: string; driverData: string }>({
  dataType: () => "text",
  toDriver: (sealed) => {
    if (!SEALED.test(sealed)) throw new PlainTextRefused("plain text was about to be stored as a secret");
    return sealed;
  },
});

/** Whether a column is of that type: known by what it does, it refuses plain text. */
export function isSecretText(column: AnyPgColumn): boolean {
  if (!is(column, PgCustomColumn)) return false;
  try {
    column.mapToDriverValue("");
    return false;
  } catch (error) {
    return error instanceof PlainTextRefused;
  }
}
