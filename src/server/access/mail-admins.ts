import { and, asc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { queueMail } from "../mail/queue-mail";

/** How long a message about an emergency is tried. */
const VALID_MINUTES = 3 * 24 * 60;

/** Most admins that are written to; nobody has more. */
const MOST = 50;

/** Mails every living admin, in the caller's transaction. Nothing where mail is not set up. */
export async function mailAdmins(
  ctx: Pick<Ctx, "db" | "now">,
  mail: { subject: string; text: string },
): Promise<void> {
  if (!(await isMailSetUp(ctx))) return;
  for (const to of await readAdminAddresses(ctx))
    await queueMail(ctx, { to, ...mail, validMinutes: VALID_MINUTES });
}

/** Whom `mailAdmins` writes to. */
export async function readAdminAddresses(ctx: Pick<Ctx, "db">): Promise<string[]> {
  const admins = await ctx.db
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.role, "admin"), isNull(users.disabledAt)))
    .orderBy(asc(users.id))
    .limit(MOST);
  return admins.map(({ email }) => email);
}
