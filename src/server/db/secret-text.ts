import { customType } from "drizzle-orm/pg-core";

/**
 * A column that holds what `secrets/seal-secret` made, never plain text. tests/rooms/secrets/every-secret.test.ts finds every column by
 * this type, so that no secret is forgotten when keys are rotated, and fails for a column that is named like one and is not.
 */
export const secretText = customType<{ data: string; driverData: string }>({
  dataType: () => "text",
  toDriver: (sealed) => {
    if (!/^1\.[0-9a-f]{8}\./.test(sealed)) throw new Error("plain text was about to be stored as a secret");
    return sealed;
  },
});
