import { count, isNull } from "drizzle-orm";
import { env } from "~/env";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { setupLinks, users } from "../db/schema/access";
import { hashToken, newToken } from "../token";

/** Minutes a setup link lives: long enough to open it, short enough that a leaked terminal log is worthless. */
const SETUP_LINK_MINUTES = 60;

/**
 * Makes the one-time link with which the first admin is made; null when there is an account already. Links that were not used die:
 * only the one shown last works. Only a hash is stored.
 */
export async function createSetupLink(
  ctx: Ctx,
): Promise<{ url: string; token: string; expiresAt: Date } | null> {
  return ctx.db.transaction(async (tx) => {
    const [people] = await tx.select({ count: count() }).from(users);
    if (people && people.count > 0) return null;
    await tx.delete(setupLinks).where(isNull(setupLinks.usedAt));
    const token = newToken("");
    const expiresAt = new Date(ctx.now.getTime() + SETUP_LINK_MINUTES * 60_000);
    await tx
      .insert(setupLinks)
      .values({ id: newId(), tokenHash: hashToken(token), createdAt: ctx.now, expiresAt });
    return { url: `${env().appUrl}/setup?token=${token}`, token, expiresAt };
  });
}
