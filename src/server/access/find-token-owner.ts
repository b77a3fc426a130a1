import { and, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { UserActor } from "~/domain/permission";
import type { Ctx } from "../context";
import { apiTokens, users } from "../db/schema/access";
import { hashToken } from "../token";
import { PERSON, userActorOf } from "./read-user-actor";

/** Seconds after which `lastUsedAt` is written again. */
const USED_SECONDS = 60;

/** Whom an API token (`bbs_...`) speaks for. Null when it is unknown, revoked, too old, or its owner is disabled. */
export async function findTokenOwner(ctx: Omit<Ctx, "actor">, token: string): Promise<UserActor | null> {
  const [found] = await ctx.db
    .select({ ...PERSON, id: apiTokens.id, scopes: apiTokens.scopes, lastUsedAt: apiTokens.lastUsedAt })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(
      and(
        eq(apiTokens.tokenHash, hashToken(token)),
        isNull(apiTokens.revokedAt),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, ctx.now)),
        isNull(users.disabledAt),
      ),
    );
  if (!found) return null;
  const stale = new Date(ctx.now.getTime() - USED_SECONDS * 1000);
  if (!found.lastUsedAt || found.lastUsedAt < stale) {
    await ctx.db
      .update(apiTokens)
      .set({ lastUsedAt: ctx.now })
      .where(
        and(eq(apiTokens.id, found.id), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, stale))),
      );
  }
  const { id: tokenId, scopes } = found;
  return userActorOf(found, {
    ...{ via: "token", signInId: null, tokenId, scopes, secondFactorAt: null, confirmedAt: null },
  });
}
