import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { recoveryCodes, users } from "../db/schema/access";
import { queueMail } from "../mail/queue-mail";
import { readSetting } from "../settings/read-setting";
import { hasSecondFactor } from "./has-second-factor";

/** Hours for which a mail about a lost factor is worth sending. */
const MAIL_HOURS = 48;

/** After a factor was removed: recovery codes go with the last one, since they stand in for nothing then. In the same transaction. */
export async function dropOrphanedCodes(ctx: Pick<Ctx, "db">, input: { userId: string }): Promise<void> {
  if (await hasSecondFactor(ctx, input)) return;
  await ctx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, input.userId));
}

/** Tells a person by mail that a factor of theirs is gone, when mail is set up: whoever did not do it themselves must learn of it. */
export async function tellOfRemoval(
  ctx: Pick<Ctx, "db" | "now">,
  input: { userId: string; what: string },
): Promise<void> {
  if ((await readSetting(ctx, "mail")).host === "") return;
  const [user] = await ctx.db
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(eq(users.id, input.userId));
  if (!user) return;
  await queueMail(ctx, {
    to: user.email,
    subject: "A second factor was removed from your account",
    text: [
      `Hello ${user.name},`,
      "",
      `${input.what} at ${ctx.now.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
      "",
      "If this was you or an admin whom you asked, there is nothing to do. If not, change your password now, look at the",
      "sign-ins of your account and tell an admin.",
      "",
      "Borg Backup Server",
    ].join("\n"),
    validMinutes: MAIL_HOURS * 60,
  });
}
