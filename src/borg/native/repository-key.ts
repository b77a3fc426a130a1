import { createDecipheriv, createHmac, hkdfSync, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import type { RepositoryKey as StoredKey } from "../key-export";
import { NotUnderstood } from "./not-understood";
import { Unpack, type Unpacked } from "./unpack";

/** What opens the objects of a repository. */
export interface RepositoryKey {
  encrypts: Buffer;
  authenticates: Buffer;
  identifies: Buffer;
}

/** borg's own is 100,000; as many seconds as this are tens of them. */
const MOST_ITERATIONS = 20_000_000;
const HASH_BYTES = 32;

/**
 * Opens borg's key (key.py: `sha256`, version 1), which stands in base64 in a repository's `config` or in a key file. Refuses a passphrase
 * that does not open it, and whatever borg 1.2 and 1.4 do not write.
 */
export function openRepositoryKey(stored: StoredKey, passphrase: string): RepositoryKey {
  const locked = mapOf(new Unpack(Buffer.from(stored.key, "base64")).whole(), "key");
  const iterations = locked.get("iterations");
  const isKnown =
    locked.get("version") === 1 && locked.get("algorithm")?.toString() === "sha256" && locked.size === 6;
  if (!isKnown || typeof iterations !== "number" || iterations < 1 || iterations > MOST_ITERATIONS)
    throw new NotUnderstood("the key is protected in a way that is not read here");
  const sealing = pbkdf2Sync(
    passphrase.replace(/\n+$/, ""),
    bytesOf(locked, "salt"),
    iterations,
    HASH_BYTES,
    "sha256",
  );
  const cipher = createDecipheriv("aes-256-ctr", sealing, Buffer.alloc(16));
  const opened = Buffer.concat([cipher.update(bytesOf(locked, "data")), cipher.final()]);
  const digest = createHmac("sha256", sealing).update(opened).digest();
  if (!isSame(digest, bytesOf(locked, "hash")))
    throw new NotUnderstood("the passphrase does not open the key");
  const key = mapOf(new Unpack(opened).whole(), "key");
  if (key.get("version") !== 1 || bytesOf(key, "repository_id").toString("hex") !== stored.repositoryId)
    throw new NotUnderstood("the key is of another repository or version");
  return {
    encrypts: bytesOf(key, "enc_key"),
    authenticates: bytesOf(key, "enc_hmac_key"),
    identifies: bytesOf(key, "id_key"),
  };
}

/** The key of an archive's own signature (TAM) with this salt; `key` null: the repository has none. */
export function signatureKey(key: RepositoryKey | null, salt: Buffer): Buffer {
  if (key === null) return Buffer.concat([salt, Buffer.from("archive")]);
  const all = Buffer.concat([key.identifies, key.encrypts, key.authenticates]);
  return Buffer.from(hkdfSync("sha512", all, salt, "borg-metadata-authentication-archive", 64));
}

export function mapOf(value: Unpacked, what: string): ReadonlyMap<string, Unpacked> {
  if (value instanceof Map) return value;
  throw new NotUnderstood(`the ${what} is no map`);
}

export function bytesOf(map: ReadonlyMap<string, Unpacked>, name: string): Buffer {
  const value = map.get(name);
  if (Buffer.isBuffer(value)) return value;
  throw new NotUnderstood(`${name} is not bytes`);
}

export const isSame = (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b);
