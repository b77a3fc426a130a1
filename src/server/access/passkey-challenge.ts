import { and, eq, gt, inArray, isNull, lt } from "drizzle-orm";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { passkeyChallenges } from "../db/schema/access";

/** Minutes for which a challenge can be answered: long enough to find the key, as browsers wait five minutes too. */
const CHALLENGE_MINUTES = 5;

/** What a challenge is for. `userId` null: a whole sign-in by passkey, nobody is known yet. */
export interface ChallengeUse {
  purpose: "register" | "sign-in" | "second-factor";
  userId: string | null;
}

/** Keeps a challenge that was just made; the answer names it. Sweeps some of those that nobody can use any more. */
export async function keepChallenge(
  ctx: Pick<Ctx, "db" | "now">,
  use: ChallengeUse & { challenge: string },
): Promise<{ challengeId: string }> {
  const id = newId();
  await ctx.db.insert(passkeyChallenges).values({
    id,
    ...use,
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + CHALLENGE_MINUTES * 60_000),
  });
  const ended = ctx.db
    .select({ id: passkeyChallenges.id })
    .from(passkeyChallenges)
    .where(lt(passkeyChallenges.expiresAt, ctx.now))
    .limit(100)
    .for("update", { skipLocked: true });
  await ctx.db.delete(passkeyChallenges).where(inArray(passkeyChallenges.id, ended));
  return { challengeId: id };
}

/**
 * Takes a challenge, once, also when it is answered many times at once; right or wrong, the answer uses it up. Null: unknown, used, too
 * old, or made for something or somebody else.
 */
export async function takeChallenge(
  ctx: Pick<Ctx, "db" | "now">,
  use: ChallengeUse & { challengeId: string },
): Promise<string | null> {
  const [taken] = await ctx.db
    .update(passkeyChallenges)
    .set({ usedAt: ctx.now })
    .where(
      and(
        eq(passkeyChallenges.id, use.challengeId),
        eq(passkeyChallenges.purpose, use.purpose),
        use.userId === null ? isNull(passkeyChallenges.userId) : eq(passkeyChallenges.userId, use.userId),
        isNull(passkeyChallenges.usedAt),
        gt(passkeyChallenges.expiresAt, ctx.now),
      ),
    )
    .returning({ challenge: passkeyChallenges.challenge });
  return taken?.challenge ?? null;
}
