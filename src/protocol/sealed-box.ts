/**
 * A text that only one agent can read. Sealed in the browser to the agent's X25519 key, opened on the machine with node:crypto
 * (agent/sealing-key.ts): the server stores and forwards it and cannot open it. Pure WebCrypto, so that the same lines run in both.
 *
 * Box: version 1 (one byte), the sender's one-time public key (32), AES-256-GCM ciphertext with its tag (16). Key and nonce are HKDF-SHA-256
 * (RFC 5869) of the shared secret (RFC 7748), salted with both public keys, so neither can be exchanged; each box has a key of its own.
 * It does not say who sealed it: whoever knows the public key can make one. An agent treats what is inside as it treats an order.
 */
export const SEALED_BOX_VERSION = 1;
/** Bytes that a box has more than its text. */
export const SEALED_BOX_OVERHEAD = 1 + 32 + 16;
/** HKDF's info: binds key and nonce to this use. */
export const SEALED_BOX_PURPOSE = "bbs-agent sealed box 1";

/**
 * Seals `text` (UTF-8) to an agent's raw public key (32 bytes, base64). Answers base64. Throws when the key is none, or where the
 * browser knows no X25519 (before Chrome 133, Firefox 130, Safari 17).
 */
export async function sealFor(publicKey: string, text: string): Promise<string> {
  const { subtle } = globalThis.crypto;
  const recipient = fromBase64(publicKey);
  const theirs = await subtle.importKey("raw", recipient, { name: "X25519" }, false, []);
  const ours = await subtle.generateKey({ name: "X25519" }, true, ["deriveBits"]);
  if (!("privateKey" in ours)) throw new TypeError("X25519 makes pairs of keys.");
  const sender = new Uint8Array(await subtle.exportKey("raw", ours.publicKey));
  const shared = await subtle.deriveBits({ name: "X25519", public: theirs }, ours.privateKey, 256);
  const stretched = await stretch(shared, join([sender, recipient]));
  const key = await subtle.importKey("raw", stretched.slice(0, 32), { name: "AES-GCM" }, false, ["encrypt"]);
  const algorithm = { name: "AES-GCM", iv: stretched.slice(32) };
  const sealed = await subtle.encrypt(algorithm, key, new TextEncoder().encode(text));
  return toBase64(join([new Uint8Array([SEALED_BOX_VERSION]), sender, new Uint8Array(sealed)]));
}

/** Whether this browser can seal: a form asks before it offers to take a password. */
export async function canSeal(): Promise<boolean> {
  try {
    await globalThis.crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}

async function stretch(secret: ArrayBuffer, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(SEALED_BOX_PURPOSE);
  return new Uint8Array(
    await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, (32 + 12) * 8),
  );
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
