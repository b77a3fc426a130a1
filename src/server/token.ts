import { createHash, randomBytes } from "node:crypto";

/** A new bearer token or one-time token: `prefix` and 256 random bits in base64url. Shown once; only its hash is stored. */
export function newToken(prefix: string): string {
  return prefix + randomBytes(32).toString("base64url");
}

/** SHA-256 in hex: enough for tokens, which hold 256 random bits; never for passwords. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
