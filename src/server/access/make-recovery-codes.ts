import { randomInt } from "node:crypto";
import { hash } from "@node-rs/bcrypt";
import { eq } from "drizzle-orm";
import {
  RECOVERY_ALPHABET,
  RECOVERY_CODES,
  RECOVERY_LOOKUP_LENGTH,
  RECOVERY_SECRET_LENGTH,
} from "~/domain/recovery-code";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { recoveryCodes, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { hasSecondFactor } from "./has-second-factor";
import { ownSignIn } from "./own-sign-in";

/** bcrypt cost, as for passwords. */
const COST = 12;

/**
 * Ten new recovery codes; those of before, used or not, die. They are in the answer and nowhere else: stored is a bcrypt hash of each.
 * Wants a fresh confirmation. Refuses `not-found` for somebody without a second factor: there is nothing to recover.
 */
export async function makeRecoveryCodes(ctx: Ctx): Promise<{ codes: string[] }> {
  const { userId } = ownSignIn(ctx);
  demandConfirmed(ctx);
  if (!(await hasSecondFactor(ctx, { userId }))) {
    throw new Refusal("not-found", { say: "Set up an authenticator app or a passkey first." });
  }
  const codes = newCodes();
  const rows = await Promise.all(
    codes.map(async (code) => ({
      id: newId(),
      userId,
      lookup: code.slice(0, RECOVERY_LOOKUP_LENGTH),
      codeHash: await hash(code, { cost: COST }),
      createdAt: ctx.now,
    })),
  );
  await ctx.db.transaction(async (tx) => {
    // Two at once would otherwise leave both sets, or one with a hole.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
    await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
    await tx.insert(recoveryCodes).values(rows);
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "recovery-codes.made",
        say: "Made new recovery codes; older ones do not work any more.",
        detail: { userId },
      },
    );
  });
  return { codes };
}

/** Each with a lookup part of its own. */
function newCodes(): string[] {
  const byLookup = new Map<string, string>();
  while (byLookup.size < RECOVERY_CODES) {
    const lookup = letters(RECOVERY_LOOKUP_LENGTH);
    byLookup.set(lookup, `${lookup}-${letters(RECOVERY_SECRET_LENGTH)}`);
  }
  return [...byLookup.values()];
}

const letters = (length: number) =>
  Array.from({ length }, () => RECOVERY_ALPHABET[randomInt(RECOVERY_ALPHABET.length)]).join("");
