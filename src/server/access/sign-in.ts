import { and, eq, isNull, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { signIns, users } from "../db/schema/access";
import { passwordMatches } from "./password";
import { rateLimit } from "./rate-limit";

/** Hours a sign-in lasts; its cookie lives as long. */
export const SIGN_IN_HOURS = 24 * 7;
/** Tries from one address to one account, and in how many seconds. */
const TRIES = { name: "sign-in", tries: 5, seconds: 300 };

export interface SignInRequest {
  email: string;
  password: string;
  /** True peer address; null when unknown. */
  peer: string | null;
  /** The browser's own name for itself. */
  device: string | null;
}

/**
 * Checks e-mail and password and starts a sign-in. Refuses `rate-limited` after five tries in five minutes from one address to one
 * account, else `sign-in-failed` without saying which half was wrong, in the same time for accounts that do not exist.
 * A right password makes the count start again.
 */
export async function signIn(
  ctx: Omit<Ctx, "actor">,
  input: SignInRequest,
): Promise<{ signInId: string; expiresAt: Date }> {
  const email = input.email.trim().toLowerCase();
  const limit = rateLimit(ctx, TRIES);
  const key = `${input.peer ?? "unknown"} ${email}`.slice(0, 400);
  const { success, reset } = await limit.limit(key);
  if (!success) {
    const minutes = Math.max(1, Math.ceil((reset - ctx.now.getTime()) / 60_000));
    throw new Refusal("rate-limited", {
      say: `Too many tries. Wait ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    });
  }
  const [user] = await ctx.db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email), isNull(users.disabledAt)));
  const right = await passwordMatches(input.password, user?.passwordHash ?? null);
  if (!user || !right) {
    throw new Refusal("sign-in-failed", { say: "E-mail or password is wrong." });
  }
  await limit.resetUsedTokens(key);
  const signInId = newId();
  const expiresAt = new Date(ctx.now.getTime() + SIGN_IN_HOURS * 3_600_000);
  await ctx.db.insert(signIns).values({
    id: signInId,
    userId: user.id,
    createdAt: ctx.now,
    lastSeenAt: ctx.now,
    expiresAt,
    address: input.peer,
    device: input.device?.slice(0, 300) ?? null,
  });
  return { signInId, expiresAt };
}
