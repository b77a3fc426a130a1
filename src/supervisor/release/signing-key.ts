import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { type ReleaseSignatures, releaseKeyId, signedBytes } from "~/protocol/release";

/** The private half of a release key. Never on a server; never written anywhere but by newKeyFile. */
export type SigningKey = KeyObject;

/** Makes a key in a file that was not there, for its owner alone. Answers the public half in base64. */
export function newKeyFile(path: string): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  return publicHalf(privateKey);
}

/** Reads a key that nobody but its owner can read. */
export function keyFromFile(path: string): SigningKey {
  if ((statSync(path).mode & 0o077) !== 0)
    throw new Error(
      `${path} can be read by others than its owner. Run chmod 600 on it; if others had access, make a new key.`,
    );
  return keyFromText(readFileSync(path, "utf8"));
}

export function keyFromText(text: string): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // What the library says may hold a piece of the key.
    throw new Error("The key is no private key in PEM form.");
  }
  if (key.asymmetricKeyType !== "ed25519") throw new Error("The key is none of Ed25519.");
  return key;
}

/** base64 of the 32 bytes. */
export function publicHalf(key: SigningKey): string {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.from(x, "base64url").toString("base64");
}

/** One entry of `manifest.sig`. */
export function signManifest(key: SigningKey, manifest: Uint8Array): ReleaseSignatures[number] {
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  return {
    keyId: releaseKeyId(publicHalf(key), { sha256, verify: () => false }),
    signature: sign(null, signedBytes(manifest), key).toString("base64"),
  };
}
