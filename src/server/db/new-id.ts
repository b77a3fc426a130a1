import { randomBytes } from "node:crypto";

const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

/** A new id: 16 characters of `[a-z2-9]` without look-alikes, 80 random bits. */
export function newId(): string {
  let id = "";
  for (const byte of randomBytes(16)) id += ALPHABET[byte & 31];
  return id;
}
