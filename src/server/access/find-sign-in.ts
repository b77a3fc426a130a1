import { and, eq, gt, isNull, lt } from "drizzle-orm";
import type { UserActor } from "~/domain/permission";
import type { Ctx } from "../context";
import { signIns, users } from "../db/schema/access";
import { PERSON, signInSettingOf, userActorOf } from "./read-user-actor";

/** Seconds after which `lastSeenAt` is written again: exact enough for a person, cheap enough for every request. */
const SEEN_SECONDS = 60;

/**
 * Who a sign-in belongs to. Null when it was ended, is too old, was idle for too long, or its account is disabled: decided by the rows on
 * every request, in one statement. `asSeen: false` where a program asks and not the person: it does not keep an idle sign-in alive.
 */
export async function findSignIn(
  ctx: Omit<Ctx, "actor">,
  signInId: string,
  { asSeen } = { asSeen: true },
): Promise<UserActor | null> {
  const [found] = await ctx.db
    .select({
      ...PERSON,
      createdAt: signIns.createdAt,
      lastSeenAt: signIns.lastSeenAt,
      secondFactorAt: signIns.secondFactorAt,
      confirmedAt: signIns.confirmedAt,
    })
    .from(signIns)
    .innerJoin(users, eq(users.id, signIns.userId))
    .where(
      and(
        eq(signIns.id, signInId),
        isNull(signIns.endedAt),
        gt(signIns.expiresAt, ctx.now),
        isNull(users.disabledAt),
      ),
    );
  if (!found) return null;
  const { idleMinutes, absoluteHours } = signInSettingOf(found);
  const now = ctx.now.getTime();
  if (now - found.lastSeenAt.getTime() >= idleMinutes * 60_000) return null;
  if (now - found.createdAt.getTime() >= absoluteHours * 3_600_000) return null;
  const stale = new Date(now - SEEN_SECONDS * 1000);
  if (asSeen && found.lastSeenAt < stale) {
    await ctx.db
      .update(signIns)
      .set({ lastSeenAt: ctx.now })
      .where(and(eq(signIns.id, signInId), lt(signIns.lastSeenAt, stale)));
  }
  const { secondFactorAt, confirmedAt } = found;
  return userActorOf(found, {
    via: "session",
    signInId,
    tokenId: null,
    scopes: null,
    secondFactorAt,
    confirmedAt,
  });
}
