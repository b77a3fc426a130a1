import { desc, eq, type SQL, sql } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import type { Scope } from "~/domain/permission";
import type { Ctx } from "../context";
import { apiTokens, users } from "../db/schema/access";

export interface TokenRow {
  id: string;
  name: string;
  /** Its first characters. */
  shown: string;
  scopes: Scope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** With whose it is. */
export interface PersonsTokenRow extends TokenRow {
  userId: string;
  userName: string;
}

const COLUMNS = {
  id: apiTokens.id,
  name: apiTokens.name,
  shown: apiTokens.shown,
  scopes: apiTokens.scopes,
  createdAt: apiTokens.createdAt,
  lastUsedAt: apiTokens.lastUsedAt,
  expiresAt: apiTokens.expiresAt,
  revokedAt: apiTokens.revokedAt,
};

/** A person's API tokens, newest first, revoked ones too; at most 500. */
export async function listTokens(ctx: Ctx, input: { userId: UserId }): Promise<TokenRow[]> {
  return ctx.db
    .select(COLUMNS)
    .from(apiTokens)
    .where(eq(apiTokens.userId, input.userId))
    .orderBy(desc(apiTokens.createdAt), apiTokens.id)
    .limit(500);
}

/** Everybody's API tokens, or one person's, for admins: those that work first, then the newest; at most 1,000. */
export async function listAllTokens(
  ctx: Ctx,
  input: { userId?: UserId | undefined },
): Promise<PersonsTokenRow[]> {
  return ctx.db
    .select({ ...COLUMNS, userId: apiTokens.userId, userName: users.name })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(input.userId === undefined ? undefined : eq(apiTokens.userId, input.userId))
    .orderBy(desc(works(ctx.now)), desc(apiTokens.createdAt), apiTokens.id)
    .limit(1000);
}

function works(now: Date): SQL {
  return sql`(${apiTokens.revokedAt} is null and coalesce(${apiTokens.expiresAt} > ${now.toISOString()}, true))`;
}
