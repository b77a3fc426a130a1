import { and, eq, isNull, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import { storableText } from "~/domain/storable-text";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";
import { byAccount } from "./account-key";
import { demandLocalSignIn } from "./demand-local-sign-in";
import { passwordMatches } from "./password";
import { startSignIn } from "./start-sign-in";

export interface SignInRequest {
  email: string;
  password: string;
  /** True peer address; null when unknown. */
  peer: string | null;
  /** The browser's own name for itself. */
  device: string | null;
}

/**
 * Checks e-mail and password and starts a sign-in. Refuses `rate-limited` after five tries in five minutes from one address or to one
 * account, else `sign-in-failed` without saying which half was wrong, in the same time for accounts that do not exist.
 * A right password makes the count start again.
 */
export async function signIn(
  ctx: Omit<Ctx, "actor">,
  input: SignInRequest,
): Promise<{ signInId: string; expiresAt: Date }> {
  const email = storableText(input.email).trim().toLowerCase();
  const keys = [byAddress(input.peer), byAccount(email)];
  await demandTry(ctx, "sign-in", ...keys);
  await demandLocalSignIn(ctx);
  const [user] = await ctx.db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email), isNull(users.disabledAt)));
  const right = await passwordMatches(input.password, user?.passwordHash ?? null);
  if (!user || !right) {
    await noteFailure(ctx, input, user?.id ?? null);
    throw new Refusal("sign-in-failed", { say: "E-mail or password is wrong." });
  }
  await forgiveTries(ctx, "sign-in", ...keys);
  const { peer, device } = input;
  return startSignIn(ctx, { userId: user.id, by: "password", secondFactorShown: false, peer, device });
}

/** As many as the rate limit lets through. What has no `@` may be a password in the wrong field, so it is not written down. */
async function noteFailure(ctx: Omit<Ctx, "actor">, input: SignInRequest, userId: string | null) {
  const tried = storableText(input.email).trim().slice(0, 200);
  const email = tried.includes("@") ? tried : null;
  await appendEntry(
    { ...ctx, actor: { kind: "nobody" } },
    {
      action: "sign-in.failed",
      say: `Could not sign in as ${email ?? "something that is no e-mail address"}.`,
      detail: { email, userId, address: input.peer, device: input.device?.slice(0, 300) ?? null },
    },
  );
}
