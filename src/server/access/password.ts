import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/bcrypt";
import { fitsBcrypt, type PasswordOwner, passwordProblem } from "~/domain/password";
import { Refusal } from "~/domain/refusal";
import { passwordEstimator } from "./estimate-password";

/** bcrypt cost: 0.24 s on the machine of docs; each step more doubles it. */
const COST = 12;

/** Hash of a password nobody knows: compared for unknown accounts, so that they take as long as known ones. */
let nobodysHash: Promise<string> | undefined;

/**
 * Refuses passwords under 10 characters, over 72 bytes and those that are easy to guess, also from the owner's own name and address; gives
 * the bcrypt hash of the rest. The refusal says how to do better.
 */
export async function hashPassword(password: string, owner: PasswordOwner): Promise<string> {
  const problem = passwordProblem(password, owner, await passwordEstimator());
  if (problem !== null) throw new Refusal("invalid-input", { say: problem });
  return hash(password, { cost: COST });
}

/** Whether the password is right. `stored` null (no such account): false, after the same time. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  nobodysHash ??= hash(randomBytes(24).toString("base64"), { cost: COST });
  const comparable = fitsBcrypt(password);
  const right = await verify(comparable ? password : "", stored ?? (await nobodysHash));
  return right && comparable && stored !== null;
}
