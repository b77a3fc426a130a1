import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type AppKey, appKeys, deriveKey } from "./app-key";

/** Where a secret is stored. It opens nowhere else: a ciphertext copied to another row, column or table is refused. */
export interface SecretPlace {
  table: string;
  column: string;
  rowId: string;
}

const PURPOSE = "bbs secrets at rest v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a secret for one place: `1.<key id>.<nonce, ciphertext and tag in base64url>`. AES-256-GCM with a random 96-bit
 * nonce (NIST SP 800-38D), the place as additional data, the newest key of APP_KEY.
 */
export function sealSecret(
  plain: string,
  place: SecretPlace,
  keys: readonly [AppKey, ...AppKey[]] = appKeys(),
): string {
  const [key] = keys;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(key, PURPOSE), nonce).setAAD(placeBytes(place));
  const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `1.${key.id}.${sealed.toString("base64url")}`;
}

/**
 * Opens what `sealSecret` made for this place. Any other text, place or key is a fault: nothing is ever taken as plain text.
 * Older keys of APP_KEY still open what they sealed.
 */
export function openSecret(
  sealed: string,
  place: SecretPlace,
  keys: readonly [AppKey, ...AppKey[]] = appKeys(),
): string {
  const [, keyId, body] = /^1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  if (!keyId || !body) throw new Error(`${placeName(place)} does not hold a sealed secret`);
  const key = keys.find((candidate) => candidate.id === keyId);
  if (!key) throw new Error(`${placeName(place)} was sealed with key ${keyId}, which APP_KEY does not hold`);
  const bytes = Buffer.from(body, "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error(`${placeName(place)} is cut short`);
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(key, PURPOSE), bytes.subarray(0, NONCE_BYTES))
    .setAAD(placeBytes(place))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new Error(`${placeName(place)} does not open: it was changed or belongs to another row`, { cause });
  }
}

function placeBytes(place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([place.table, place.column, place.rowId]));
}

function placeName(place: SecretPlace): string {
  return `${place.table}.${place.column} of ${place.rowId}`;
}
