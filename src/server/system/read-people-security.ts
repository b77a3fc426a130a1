import { and, asc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { SecurityFacts } from "~/domain/security-facts";
import { PERSON } from "../access/read-user-actor";
import type { Ctx } from "../context";
import { apiTokens, users } from "../db/schema/access";

const UNUSED_DAYS = 90;
/** More people than anybody reads by name. */
const MOST_PEOPLE = 5000;

/** Who has no second factor, and which living tokens nobody looks after. Disabled people and their tokens count for nothing. */
export async function readPeopleSecurity(
  ctx: Pick<Ctx, "db" | "now">,
): Promise<Pick<SecurityFacts, "people" | "tokens">> {
  const people = await ctx.db
    .select({ id: users.id, name: users.name, role: users.role, has: PERSON.hasSecondFactor })
    .from(users)
    .where(isNull(users.disabledAt))
    .orderBy(asc(users.role), asc(sql`lower(${users.name})`))
    .limit(MOST_PEOPLE);
  const unusedSince = new Date(ctx.now.getTime() - UNUSED_DAYS * 86_400_000).toISOString();
  const [tokens] = await ctx.db
    .select({
      total: sql<number>`count(*)::int`,
      neverEnd: sql<number>`(count(*) filter (where ${apiTokens.expiresAt} is null))::int`,
      unused: sql<number>`(count(*) filter (where coalesce(${apiTokens.lastUsedAt}, ${apiTokens.createdAt}) < ${unusedSince}))::int`,
    })
    .from(apiTokens)
    .innerJoin(users, and(eq(users.id, apiTokens.userId), isNull(users.disabledAt)))
    .where(
      and(isNull(apiTokens.revokedAt), or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, ctx.now))),
    );
  return {
    people: {
      total: people.length,
      admins: people.filter(({ role }) => role === "admin").length,
      withoutSecondFactor: people
        .filter(({ has }) => !has)
        .map(({ id, name, role }) => ({ id, name, admin: role === "admin" })),
    },
    tokens: tokens ?? { total: 0, neverEnd: 0, unused: 0 },
  };
}
