import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { apiTokens, oidcIdentities, users } from "../db/schema/access";
import { type PersonRow, readPersonRows } from "./person-row";

export interface PersonDetails extends PersonRow {
  pendingSince: Date | null;
  disabledAt: Date | null;
  /** API tokens that work. */
  tokenCount: number;
  /** Providers that vouch for this person. */
  issuers: string[];
}

/** One person with all that their page shows. Refuses `not-found`. */
export async function getPerson(ctx: Ctx, input: { userId: string }): Promise<PersonDetails> {
  const [row] = await readPersonRows(ctx, { where: eq(users.id, input.userId), limit: 1 });
  const [stored] = await ctx.db
    .select({ pendingSince: users.pendingSince, disabledAt: users.disabledAt })
    .from(users)
    .where(eq(users.id, input.userId));
  if (!row || !stored) throw new Refusal("not-found", { say: "There is no such person." });
  const [tokens] = await ctx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(apiTokens)
    .where(
      and(
        eq(apiTokens.userId, input.userId),
        isNull(apiTokens.revokedAt),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, ctx.now)),
      ),
    );
  const identities = await ctx.db
    .select({ issuer: oidcIdentities.issuer })
    .from(oidcIdentities)
    .where(eq(oidcIdentities.userId, input.userId))
    .orderBy(oidcIdentities.issuer)
    .limit(20);
  return {
    ...row,
    ...stored,
    tokenCount: tokens?.count ?? 0,
    issuers: identities.map(({ issuer }) => issuer),
  };
}
