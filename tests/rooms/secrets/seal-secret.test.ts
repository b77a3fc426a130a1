import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type AppKey, readAppKeys } from "~/server/secrets/app-key";
import { openSecret, sealSecret } from "~/server/secrets/seal-secret";

const place = { table: "repositories", column: "passphrase_sealed", rowId: "aaaa" };
const newKey = () => randomBytes(32).toString("base64");
const keysOf = (...texts: string[]): readonly [AppKey, ...AppKey[]] => readAppKeys(texts.join(","));

describe("secrets at rest", () => {
  it("open in the place they were sealed for", () => {
    const keys = keysOf(newKey());
    expect(openSecret(sealSecret("passphrase ü", place, keys), place, keys)).toBe("passphrase ü");
  });

  it("do not show the same plain text twice in the same way", () => {
    const keys = keysOf(newKey());
    expect(sealSecret("x", place, keys)).not.toBe(sealSecret("x", place, keys));
  });

  it.each([
    { ...place, rowId: "bbbb" },
    { ...place, column: "other" },
    { ...place, table: "clients" },
  ])("do not open when copied to %o", (other) => {
    const keys = keysOf(newKey());
    const sealed = sealSecret("passphrase", place, keys);
    expect(() => openSecret(sealed, other, keys)).toThrow(/changed or belongs to another row/);
  });

  it("do not open when one bit was changed", () => {
    const keys = keysOf(newKey());
    const [version, id, body] = sealSecret("passphrase", place, keys).split(".");
    const bytes = Buffer.from(body ?? "", "base64url");
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
      expect(() => openSecret(`${version}.${id}.${changed.toString("base64url")}`, place, keys)).toThrow();
    }
  });

  it.each(["passphrase", "", "1.00000000.AAAA", "2.00000000.AAAA", "1.zz.AAAA"])(
    "never take %j for plain text",
    (stored) => {
      expect(() => openSecret(stored, place, keysOf(newKey()))).toThrow();
    },
  );

  it("open with an older key behind the newest, and not without it", () => {
    const [old, fresh] = [newKey(), newKey()];
    const sealed = sealSecret("passphrase", place, keysOf(old));
    expect(openSecret(sealed, place, keysOf(fresh, old))).toBe("passphrase");
    expect(() => openSecret(sealed, place, keysOf(fresh))).toThrow(/APP_KEY does not hold/);
  });

  it.each([
    undefined,
    "",
    "short",
    randomBytes(31).toString("base64"),
    randomBytes(33).toString("base64"),
    "ä".repeat(44),
  ])("refuse %j as APP_KEY", (text) => {
    expect(() => readAppKeys(text)).toThrow(/APP_KEY/);
  });
});
