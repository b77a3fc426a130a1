import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { createPasswordReset } from "./create-password-reset";
import { demandLocalSignIn } from "./demand-local-sign-in";
import { findUserByEmail } from "./find-user-by-email";

/**
 * A link to a new password for somebody, without mail: for `bbs-admin`, where whoever may open the database hands it over. Journaled. Refuses
 * `not-found` for an address that nobody has, and while local sign-in is off, when the link would be refused anyway.
 */
export async function makeResetLink(
  ctx: Ctx,
  input: { email: string },
): Promise<{ url: string; expiresAt: Date }> {
  await demandLocalSignIn(ctx);
  const { userId } = await findUserByEmail(ctx, input.email);
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const link = await createPasswordReset(within, { userId });
    await appendEntry(within, {
      action: "password.reset.asked",
      say: `Made a link to a new password for ${input.email} on the server itself.`,
      detail: { userId, by: "bbs-admin" },
    });
    return link;
  });
}
