import { createHash, hkdfSync } from "node:crypto";
import { env, SettingsError } from "~/env";

/** One key of APP_KEY with the name by which ciphertexts call it. */
export interface AppKey {
  /** 8 hex characters; tells nothing about the key. */
  id: string;
  bytes: Buffer;
}

/**
 * Reads APP_KEY: base64 of exactly 32 bytes, newest first, older ones behind commas. Refuses anything else; there is no
 * fallback without a key.
 */
export function readAppKeys(text: string | undefined): [AppKey, ...AppKey[]] {
  const [newest, ...older] = (text ?? "").split(",").map((part) => part.trim());
  if (!newest) throw new SettingsError("APP_KEY is not set. `npm start` makes one; see .env.example.");
  return [appKey(newest), ...older.map(appKey)];
}

function appKey(text: string): AppKey {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 32 || bytes.toString("base64").replace(/=+$/, "") !== text.replace(/=+$/, "")) {
    throw new SettingsError("APP_KEY must be base64 of exactly 32 bytes, several behind commas.");
  }
  return { id: createHash("sha256").update("bbs key id").update(bytes).digest("hex").slice(0, 8), bytes };
}

/** A key for one purpose, so that no two uses share one (HKDF, RFC 5869). */
export function deriveKey(key: AppKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key.bytes, "", purpose, 32));
}

/** The keys of this process. */
export function appKeys(): [AppKey, ...AppKey[]] {
  return readAppKeys(env().appKey);
}

/**
 * What encrypts the cookie of a sign-in, the newest first. Those of older keys are still read, so that a new key signs nobody out; they are
 * gone with the key.
 */
export function cookieSecrets(): [string, ...string[]] {
  const [newest, ...older] = appKeys().map((key) =>
    deriveKey(key, "bbs sign-in cookie v1").toString("base64"),
  );
  if (newest === undefined) throw new SettingsError("APP_KEY is not set.");
  return [newest, ...older];
}

/** What encrypts a new cookie. */
export const cookieSecret = () => cookieSecrets()[0];

/** As a program calls itself towards the database: the ids of its keys tell `bbs-admin keys rotate` whether it knows the newest. */
export function programName(): string {
  if (!env().appKey) return "bbs";
  // PostgreSQL keeps 63 bytes of a name; with seven keys somebody has forgotten to drop some.
  return `bbs ${appKeys()
    .slice(0, 6)
    .map(({ id }) => id)
    .join(",")}`;
}
