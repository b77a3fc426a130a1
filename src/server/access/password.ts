import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/bcrypt";
import { Refusal } from "~/domain/refusal";

/** bcrypt cost: 0.24 s on the machine of docs; each step more doubles it. */
const COST = 12;
const SHORTEST_PASSWORD = 10;
/** bcrypt reads no further than 72 bytes; a longer password would be cut silently. */
const LONGEST_PASSWORD_BYTES = 72;

/** Hash of a password nobody knows: compared for unknown accounts, so that they take as long as known ones. */
let nobodysHash: Promise<string> | undefined;

/** Refuses passwords under 10 characters or over 72 bytes; gives the bcrypt hash of the rest. */
export async function hashPassword(password: string): Promise<string> {
  if ([...password].length < SHORTEST_PASSWORD) {
    throw new Refusal("invalid-input", {
      say: `Use at least ${SHORTEST_PASSWORD} characters as a password.`,
    });
  }
  if (Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES) {
    throw new Refusal("invalid-input", {
      say: `Use at most ${LONGEST_PASSWORD_BYTES} bytes as a password.`,
    });
  }
  return hash(password, { cost: COST });
}

/** Whether the password is right. `stored` null (no such account): false, after the same time. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  nobodysHash ??= hash(randomBytes(24).toString("base64"), { cost: COST });
  const comparable = Buffer.byteLength(password) <= LONGEST_PASSWORD_BYTES;
  const right = await verify(comparable ? password : "", stored ?? (await nobodysHash));
  return right && comparable && stored !== null;
}
