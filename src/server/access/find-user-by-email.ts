import { and, isNull, sql } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import { userId } from "~/domain/id";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";

/** The living account with this address, in any case. Refuses `not-found`; for `bbs-admin` only, since it tells who exists. */
export async function findUserByEmail(ctx: Ctx, email: string): Promise<{ userId: UserId }> {
  const [user] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(sql`lower(${users.email}) = ${email.trim().toLowerCase()}`, isNull(users.disabledAt)));
  if (!user) throw new Refusal("not-found", { say: `Nobody has an account with the address ${email}.` });
  return { userId: userId.parse(user.id) };
}
