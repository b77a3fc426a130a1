import { and, eq, gt, isNull, lt } from "drizzle-orm";
import { userId } from "~/domain/id";
import type { Actor } from "~/domain/permission";
import type { Ctx } from "../context";
import { signIns, users } from "../db/schema/access";

/** Seconds after which `lastSeenAt` is written again: exact enough for a person, cheap enough for every request. */
const SEEN_SECONDS = 60;

/** Who a sign-in belongs to. Null when it was ended, is too old, or its account is disabled: decided by the row on every request. */
export async function findSignIn(
  ctx: Omit<Ctx, "actor">,
  signInId: string,
): Promise<Extract<Actor, { kind: "user" }> | null> {
  const [found] = await ctx.db
    .select({ userId: users.id, role: users.role, lastSeenAt: signIns.lastSeenAt })
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
  const stale = new Date(ctx.now.getTime() - SEEN_SECONDS * 1000);
  if (found.lastSeenAt < stale) {
    await ctx.db
      .update(signIns)
      .set({ lastSeenAt: ctx.now })
      .where(and(eq(signIns.id, signInId), lt(signIns.lastSeenAt, stale)));
  }
  return { kind: "user", userId: userId.parse(found.userId), role: found.role, via: "session" };
}
