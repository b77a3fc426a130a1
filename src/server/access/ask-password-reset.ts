import { setTimeout as pause } from "node:timers/promises";
import { and, isNull, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { isMailAddress } from "../mail/mail-address";
import { queueMail } from "../mail/queue-mail";
import { byAddress, demandTry } from "../rate-limits/demand-try";
import { readSetting } from "../settings/read-setting";
import { byAccount } from "./account-key";
import { createPasswordReset } from "./create-password-reset";
import { demandLocalSignIn } from "./demand-local-sign-in";
import { noPasswordMail, resetLinkMail } from "./password-mails";

/** How long every answer takes: longer than making the link does, so that the time does not tell whether there is such an account. */
const ANSWER_MS = 500;

/** Whether a forgotten password can be helped by mail: people sign in by password here, and mail leaves. */
export async function isResetOffered(ctx: Pick<Ctx, "db">): Promise<boolean> {
  return (await readSetting(ctx, "sign-in")).localSignIn && (await isMailSetUp(ctx));
}

/**
 * Sends a link to a new password to an address, if it is somebody's. The answer and its time are the same for every address, unknown,
 * disabled and waiting ones included. Refuses `rate-limited` by address and by account, and `forbidden` where it is not offered.
 */
export async function askPasswordReset(
  ctx: Ctx,
  input: { email: string; peer: string | null },
): Promise<void> {
  await demandTry(ctx, "password-reset", byAddress(input.peer), byAccount(input.email));
  await demandLocalSignIn(ctx);
  if (!(await isMailSetUp(ctx)))
    throw new Refusal("forbidden", {
      say: "This server sends no mail. Ask an admin for a link to a new password.",
    });
  await Promise.all([pause(ANSWER_MS), sendLink(ctx, input.email.trim().toLowerCase())]);
}

async function sendLink(ctx: Ctx, email: string): Promise<void> {
  const mayReset = and(isNull(users.disabledAt), isNull(users.pendingSince));
  const [user] = await ctx.db
    .select()
    .from(users)
    .where(and(sql`lower(${users.email}) = ${email}`, mayReset));
  if (!user || !isMailAddress(user.email)) return;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    if (user.passwordHash === null) {
      await queueMail(within, noPasswordMail(user));
    } else {
      const { url } = await createPasswordReset(within, { userId: user.id });
      await queueMail(within, resetLinkMail(user, url));
    }
    await appendEntry(within, {
      action: "password.reset.asked",
      say: `Somebody asked for a new password for ${user.email}.`,
      detail: { userId: user.id },
    });
  });
}
