import { and, eq, sql } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { apiTokens } from "../db/schema/access";

/** Ends one of a person's own API tokens at once. May run twice. Refuses `not-found` for anybody else's. */
export async function revokeToken(ctx: Ctx, input: { userId: UserId; id: string }): Promise<void> {
  const revoked = await ctx.db
    .update(apiTokens)
    .set({ revokedAt: sql`coalesce(${apiTokens.revokedAt}, ${ctx.now.toISOString()})` })
    .where(and(eq(apiTokens.id, input.id), eq(apiTokens.userId, input.userId)))
    .returning({ id: apiTokens.id });
  if (revoked.length === 0) throw new Refusal("not-found", { say: "There is no such token." });
}
