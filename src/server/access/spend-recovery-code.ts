import { and, count, eq, isNull } from "drizzle-orm";
import { parseRecoveryCode } from "~/domain/recovery-code";
import type { Ctx } from "../context";
import { recoveryCodes } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { passwordMatches } from "./password";

/**
 * Takes one of a person's recovery codes. True exactly once per code, also when it is shown many times at once: one conditional statement
 * marks it used. One hash per try, and one also for a code that nobody has, so that an answer's time tells nothing. The use is journaled.
 */
export async function spendRecoveryCode(ctx: Ctx, input: { userId: string; code: string }): Promise<boolean> {
  const { userId } = input;
  const given = parseRecoveryCode(input.code);
  const [found] = await ctx.db
    .select({ id: recoveryCodes.id, codeHash: recoveryCodes.codeHash })
    .from(recoveryCodes)
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.lookup, given?.lookup ?? ""),
        isNull(recoveryCodes.usedAt),
      ),
    );
  if (!(await passwordMatches(given?.code ?? "", found?.codeHash ?? null)) || !found) return false;
  return ctx.db.transaction(async (tx) => {
    const used = await tx
      .update(recoveryCodes)
      .set({ usedAt: ctx.now })
      .where(and(eq(recoveryCodes.id, found.id), isNull(recoveryCodes.usedAt)))
      .returning({ id: recoveryCodes.id });
    if (used.length === 0) return false;
    const [left] = await tx
      .select({ codes: count() })
      .from(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "recovery-codes.used",
        say: `Used a recovery code; ${left?.codes ?? 0} are left.`,
        detail: { userId, left: left?.codes ?? 0 },
      },
    );
    return true;
  });
}
