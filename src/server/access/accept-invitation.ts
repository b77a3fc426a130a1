import { and, eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { invitations, users } from "../db/schema/access";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";
import { hashToken } from "../token";
import { demandLocalSignIn } from "./demand-local-sign-in";
import { invitationInvalid, isOpenInvitation } from "./invitation-row";
import { hashPassword } from "./password";
import { storeGrants } from "./store-grants";

/**
 * For whom an invitation is, so that its page can greet them. Refuses `link-invalid` for every link that does not work, alike, and
 * `rate-limited` by address; links that work do not count.
 */
export async function checkInvitation(
  ctx: Ctx,
  input: { token: string; peer: string | null },
): Promise<{ email: string; name: string }> {
  const key = byAddress(input.peer);
  await demandTry(ctx, "link", key);
  await demandLocalSignIn(ctx);
  const found = await findOpen(ctx, input.token);
  if (!found) throw invitationInvalid();
  await forgiveTries(ctx, "link", key);
  return found;
}

/**
 * Makes the account that an invitation offers, with the password the person chose. The link is used up only if the account was made; of
 * two who use it at once one gets in. Refuses `rate-limited` (by address), `link-invalid`, passwords as `hashPassword` does, and
 * `name-taken` when the address has an account by now.
 */
export async function acceptInvitation(
  ctx: Ctx,
  input: { token: string; name: string; password: string; peer: string | null },
): Promise<{ email: string }> {
  const { name } = input;
  const key = byAddress(input.peer);
  await demandTry(ctx, "link", key);
  await demandLocalSignIn(ctx);
  const found = await findOpen(ctx, input.token);
  if (!found) throw invitationInvalid();
  const passwordHash = await hashPassword(input.password, { email: found.email, name });
  const made = await makeAccount(ctx, { token: input.token, name, passwordHash });
  await forgiveTries(ctx, "link", key);
  return made;
}

async function makeAccount(
  ctx: Ctx,
  input: { token: string; name: string; passwordHash: string },
): Promise<{ email: string }> {
  const { name, passwordHash } = input;
  try {
    return await ctx.db.transaction(async (tx) => {
      const within = { ...ctx, db: tx };
      const [used] = await tx
        .update(invitations)
        .set({ usedAt: ctx.now })
        .where(and(eq(invitations.tokenHash, hashToken(input.token)), isOpenInvitation(ctx.now)))
        .returning();
      if (!used) throw invitationInvalid();
      const { email, role, grants } = used;
      const userId = newId();
      await tx.insert(users).values({ id: userId, email, name, passwordHash, role, createdAt: ctx.now });
      await storeGrants(within, { userId, grants });
      await appendEntry(within, {
        action: "user.joined",
        say: `${name} (${email}) made the account of an invitation.`,
        detail: { userId, invitationId: used.id, invitedBy: used.invitedBy, after: { name, email, role } },
      });
      return { email };
    });
  } catch (error) {
    if (!violates(error, "users_email")) throw error;
    throw new Refusal("name-taken", { say: "This address has an account already. Sign in instead." });
  }
}

async function findOpen(ctx: Ctx, token: string) {
  const [found] = await ctx.db
    .select({ email: invitations.email, name: invitations.name })
    .from(invitations)
    .where(and(eq(invitations.tokenHash, hashToken(token)), isOpenInvitation(ctx.now)));
  return found;
}
