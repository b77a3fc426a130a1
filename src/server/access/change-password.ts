import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandTry, forgiveTries } from "../rate-limits/demand-try";
import { byAccount } from "./account-key";
import { demandConfirmed } from "./demand-confirmed";
import { ownSignIn } from "./own-sign-in";
import { hashPassword, passwordMatches } from "./password";
import { storePassword } from "./store-password";

/**
 * A person changes their own password. The current one is asked for and its tries count as those of signing in, so a browser that was left
 * open or stolen can neither change nor guess it. Ends every other sign-in. Refuses `sign-in-failed` for a wrong one, a weak next one as
 * `hashPassword` does, and somebody without a password, who uses {@link setPassword}.
 */
export async function changePassword(
  ctx: Ctx,
  input: { current: string; next: string },
): Promise<{ endedSignIns: number }> {
  const { userId, signInId } = ownSignIn(ctx);
  const user = await readOwn(ctx, userId);
  const stored = user.passwordHash;
  if (stored === null)
    throw new Refusal("invalid-input", { say: "Your account has no password yet. Set one instead." });
  const key = byAccount(user.email);
  await demandTry(ctx, "sign-in", key);
  if (!(await passwordMatches(input.current, stored)))
    throw new Refusal("sign-in-failed", { say: "The current password is wrong." });
  await forgiveTries(ctx, "sign-in", key);
  if (input.next === input.current)
    throw new Refusal("invalid-input", { say: "This is your current password. Choose another one." });
  const passwordHash = await hashPassword(input.next, user);
  return store(ctx, { user, passwordHash, keep: signInId, say: "Changed their own password." });
}

/** Gives an account that has none a password, so that there is another way in than passkey or provider. Wants a fresh confirmation. */
export async function setPassword(ctx: Ctx, input: { password: string }): Promise<{ endedSignIns: number }> {
  const { userId, signInId } = ownSignIn(ctx);
  demandConfirmed(ctx);
  const user = await readOwn(ctx, userId);
  if (user.passwordHash !== null)
    throw new Refusal("invalid-input", { say: "Your account has a password. Change it instead." });
  const passwordHash = await hashPassword(input.password, user);
  return store(ctx, { user, passwordHash, keep: signInId, say: "Gave their account a password." });
}

async function readOwn(ctx: Ctx, userId: string) {
  const [user] = await ctx.db.select().from(users).where(eq(users.id, userId));
  if (!user) throw new Refusal("not-signed-in", { say: "This account is gone." });
  return user;
}

/** Only if the password is still the one that was looked at: hashing takes a while, and of two changes at once one is refused. */
async function store(
  ctx: Ctx,
  given: { user: typeof users.$inferSelect; passwordHash: string; keep: string; say: string },
): Promise<{ endedSignIns: number }> {
  const { user, passwordHash, keep, say } = given;
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const unchanged =
      user.passwordHash === null ? isNull(users.passwordHash) : eq(users.passwordHash, user.passwordHash);
    const [still] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), unchanged))
      .for("no key update");
    if (!still)
      throw new Refusal("invalid-input", {
        say: "Your password was changed meanwhile. Load this page again.",
      });
    const stored = await storePassword(within, user, { passwordHash, keep });
    await appendEntry(within, { action: "password.changed", say, detail: { userId: user.id, ...stored } });
    return stored;
  });
}
