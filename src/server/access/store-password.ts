import { and, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { passwordResets, users } from "../db/schema/access";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { isMailAddress } from "../mail/mail-address";
import { queueMail } from "../mail/queue-mail";
import { endSignInsOf } from "./end-sign-ins-of";
import { passwordChangedMail } from "./password-mails";

/**
 * Gives a person another password, within the caller's transaction that has locked the person: every other sign-in ends (all but `keep`),
 * links to a new password are spent, and the person is told by mail when there is mail. Answers how many sign-ins ended. The caller journals.
 */
export async function storePassword(
  ctx: Ctx,
  person: { id: string; email: string; name: string },
  given: { passwordHash: string; keep: string | null },
): Promise<{ endedSignIns: number }> {
  const { passwordHash, keep } = given;
  await ctx.db.update(users).set({ passwordHash }).where(eq(users.id, person.id));
  await ctx.db
    .update(passwordResets)
    .set({ usedAt: ctx.now })
    .where(and(eq(passwordResets.userId, person.id), isNull(passwordResets.usedAt)));
  const endedSignIns = await endSignInsOf(ctx, { userId: person.id, except: keep });
  if (isMailAddress(person.email) && (await isMailSetUp(ctx))) {
    await queueMail(ctx, passwordChangedMail(person));
  }
  return { endedSignIns };
}
