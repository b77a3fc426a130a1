import { env } from "~/env";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { passwordResets } from "../db/schema/access";
import { hashToken, newToken } from "../token";
import { RESET_MINUTES } from "./password-mails";

/**
 * Makes a link by which this person sets a new password: once, within the hour. It leads to APP_URL whatever host the request named; only a
 * hash of its token is stored.
 */
export async function createPasswordReset(
  ctx: Pick<Ctx, "db" | "now">,
  input: { userId: string },
): Promise<{ url: string; expiresAt: Date }> {
  const token = newToken("");
  const expiresAt = new Date(ctx.now.getTime() + RESET_MINUTES * 60_000);
  await ctx.db.insert(passwordResets).values({
    ...{ id: newId(), userId: input.userId, tokenHash: hashToken(token) },
    ...{ createdAt: ctx.now, expiresAt },
  });
  return { url: `${env().appUrl}/reset-password?token=${token}`, expiresAt };
}
