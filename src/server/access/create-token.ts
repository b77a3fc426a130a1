import type { UserId } from "~/domain/id";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { apiTokens } from "../db/schema/access";
import { hashToken, newToken } from "../token";

/** Makes an API token that speaks for `userId` with that person's role. It is in the answer and nowhere else. */
export async function createToken(
  ctx: Ctx,
  input: { userId: UserId; name: string; expiresInDays: number | null },
): Promise<{ id: string; token: string }> {
  const token = newToken("bbs_");
  const id = newId();
  await ctx.db.insert(apiTokens).values({
    id,
    userId: input.userId,
    name: input.name,
    tokenHash: hashToken(token),
    createdAt: ctx.now,
    expiresAt:
      input.expiresInDays === null ? null : new Date(ctx.now.getTime() + input.expiresInDays * 86_400_000),
  });
  return { id, token };
}
