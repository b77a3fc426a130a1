import { desc, eq } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import type { Ctx } from "../context";
import { apiTokens } from "../db/schema/access";

export interface TokenRow {
  id: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** A person's API tokens, newest first, revoked ones too; at most 500. */
export async function listTokens(ctx: Ctx, input: { userId: UserId }): Promise<TokenRow[]> {
  return ctx.db
    .select({
      id: apiTokens.id,
      name: apiTokens.name,
      createdAt: apiTokens.createdAt,
      lastUsedAt: apiTokens.lastUsedAt,
      expiresAt: apiTokens.expiresAt,
      revokedAt: apiTokens.revokedAt,
    })
    .from(apiTokens)
    .where(eq(apiTokens.userId, input.userId))
    .orderBy(desc(apiTokens.createdAt), apiTokens.id)
    .limit(500);
}
