import { and, eq } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { apiTokens } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";

/**
 * Ends an API token at once and journals it. With `userId` only that person's own; without, anybody's: the caller has asked who may. May
 * run twice. Refuses `not-found` for any other.
 */
export async function revokeToken(ctx: Ctx, input: { id: string; userId?: UserId }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const theirs = input.userId === undefined ? undefined : eq(apiTokens.userId, input.userId);
    const [found] = await tx
      .select({ name: apiTokens.name, userId: apiTokens.userId, revokedAt: apiTokens.revokedAt })
      .from(apiTokens)
      .where(and(eq(apiTokens.id, input.id), theirs))
      .for("update");
    if (!found) throw new Refusal("not-found", { say: "There is no such token." });
    if (found.revokedAt !== null) return;
    await tx.update(apiTokens).set({ revokedAt: ctx.now }).where(eq(apiTokens.id, input.id));
    const { name, userId } = found;
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "token.revoked",
        say: `Revoked the API token ${name}.`,
        detail: { userId, tokenId: input.id, name },
      },
    );
  });
}
