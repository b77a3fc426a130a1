import { and, eq, gt, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { passwordResets, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";
import { readSetting } from "../settings/read-setting";
import { hashToken } from "../token";
import { byAccount } from "./account-key";
import { demandLocalSignIn } from "./demand-local-sign-in";
import { lockPerson } from "./lock-person";
import { hashPassword } from "./password";
import { storePassword } from "./store-password";

interface Link {
  token: string;
  peer: string | null;
}

/** Whether a link to a new password would work now, and for whom. Unknown, used and old ones are all alike: null. Limited by address. */
export async function checkPasswordReset(ctx: Ctx, input: Link): Promise<{ email: string } | null> {
  const key = byAddress(input.peer);
  await demandTry(ctx, "link", key);
  const found = (await readSetting(ctx, "sign-in")).localSignIn ? await findReset(ctx, input.token) : null;
  if (!found) return null;
  await forgiveTries(ctx, "link", key);
  return { email: found.user.email };
}

/**
 * Sets a new password by a link. Every sign-in of the person ends, every other link dies; the second factor stays, and nobody is signed in
 * by it. Refuses `link-invalid` for a link that is unknown, used or old, and a weak password as `hashPassword` does: the link then still works.
 */
export async function resetPassword(ctx: Ctx, input: Link & { password: string }): Promise<void> {
  const key = byAddress(input.peer);
  await demandTry(ctx, "link", key);
  await demandLocalSignIn(ctx);
  const found = await findReset(ctx, input.token);
  if (!found) throw linkInvalid();
  const passwordHash = await hashPassword(input.password, found.user);
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const person = await lockPerson(within, found.user.id);
    // Hashing takes a while: the link may be spent and the person disabled by now.
    const used = await tx
      .update(passwordResets)
      .set({ usedAt: ctx.now })
      .where(and(eq(passwordResets.id, found.resetId), isNull(passwordResets.usedAt)))
      .returning({ id: passwordResets.id });
    if (used.length === 0 || person.disabledAt !== null || person.pendingSince !== null) throw linkInvalid();
    const stored = await storePassword(within, person, { passwordHash, keep: null });
    await appendEntry(within, {
      action: "password.reset",
      say: `Set a new password for ${person.email} by a link.`,
      detail: { userId: person.id, ...stored },
    });
  });
  await forgiveTries(ctx, "link", key);
  await forgiveTries(ctx, "sign-in", byAccount(found.user.email));
}

async function findReset(ctx: Ctx, token: string) {
  const [found] = await ctx.db
    .select({ resetId: passwordResets.id, user: { id: users.id, email: users.email, name: users.name } })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(
      and(
        eq(passwordResets.tokenHash, hashToken(token)),
        isNull(passwordResets.usedAt),
        gt(passwordResets.expiresAt, ctx.now),
        isNull(users.disabledAt),
        isNull(users.pendingSince),
      ),
    );
  return found ?? null;
}

function linkInvalid(): Refusal {
  return new Refusal("link-invalid", {
    say: "This link was used or is too old. Ask for a new one on the sign-in page.",
  });
}
