import { createDecipheriv, createHash, createHmac } from "node:crypto";
import { createBLAKE2b } from "hash-wasm";
import { decompressor } from "./decompress";
import { NotUnderstood } from "./not-understood";
import { isSame, type RepositoryKey } from "./repository-key";

/** First byte of everything that is stored, by encryption (key.py, TYPE): how its content is hashed, and whether it is encrypted. */
const KINDS: Readonly<
  Record<number, { hash: "hmac" | "blake2" | "plain"; encrypted: boolean; key: KeyPlace }>
> = {
  0: { hash: "hmac", encrypted: true, key: "file" },
  2: { hash: "plain", encrypted: false, key: "none" },
  3: { hash: "hmac", encrypted: true, key: "repository" },
  4: { hash: "blake2", encrypted: true, key: "file" },
  5: { hash: "blake2", encrypted: true, key: "repository" },
  6: { hash: "blake2", encrypted: false, key: "repository" },
  7: { hash: "hmac", encrypted: false, key: "repository" },
};

/** Where borg keeps the key of an encryption. */
export type KeyPlace = "repository" | "file" | "none";

const MAC_BYTES = 32;
const NONCE_BYTES = 8;
const ENVELOPE_BYTES = 1 + MAC_BYTES + NONCE_BYTES;
/** A key of BLAKE2b is one block of it, a key of HMAC what borg draws. */
const KEY_BYTES = { hmac: 32, blake2: 128 };

type Hash = (content: Uint8Array) => Uint8Array;

/** Gives the content of a stored object whose id is known, or refuses. Valid until the next call. */
export type OpenObject = (id: Buffer, stored: Buffer) => Buffer;

export function keyPlaceOf(kind: number): KeyPlace {
  const found = KINDS[kind];
  if (!found) throw new NotUnderstood(`the encryption ${kind} is not read here`);
  return found.key;
}

/**
 * Opens objects of one encryption. Of every object the message authentication (where there is one) and the id, which is a keyed hash of the
 * content, are checked, as borg does: content is what was stored under this id by somebody who has the key, or it is refused.
 */
export async function objectOpener(kind: number, key: RepositoryKey | null): Promise<OpenObject> {
  const found = KINDS[kind];
  if (!found || (found.key === "none") !== (key === null))
    throw new NotUnderstood(`the encryption ${kind} does not go with the key`);
  const identify = await hashOf(found.hash, key?.identifies);
  const authenticate = found.encrypted ? await hashOf(found.hash, key?.authenticates) : null;
  const decompress = decompressor();
  const decrypt = (stored: Buffer): Buffer => {
    if (!key || !authenticate) return stored.subarray(1);
    if (stored.length < ENVELOPE_BYTES) throw new NotUnderstood("an object is too short to be encrypted");
    const mac = authenticate(stored.subarray(1 + MAC_BYTES));
    if (!isSame(mac, stored.subarray(1, 1 + MAC_BYTES)))
      throw new NotUnderstood("an object's authentication does not verify");
    const counter = Buffer.alloc(16);
    stored.copy(counter, 8, 1 + MAC_BYTES, ENVELOPE_BYTES);
    // A stream cipher: nothing is left for final().
    return createDecipheriv("aes-256-ctr", key.encrypts, counter).update(stored.subarray(ENVELOPE_BYTES));
  };
  return (id, stored) => {
    if (stored[0] !== kind) throw new NotUnderstood("an object is encrypted otherwise than the archive");
    const content = decompress(decrypt(stored));
    if (!isSame(identify(content), id)) throw new NotUnderstood("an object's content is not that of its id");
    return content;
  };
}

async function hashOf(kind: "hmac" | "blake2" | "plain", key: Buffer | undefined): Promise<Hash> {
  if (kind === "plain" || !key) return (content) => createHash("sha256").update(content).digest();
  if (key.length !== KEY_BYTES[kind]) throw new NotUnderstood("a key has a length that borg's have not");
  if (kind === "hmac") return (content) => createHmac("sha256", key).update(content).digest();
  const blake2 = await createBLAKE2b(256);
  return (content) => blake2.init().update(key).update(content).digest("binary");
}
