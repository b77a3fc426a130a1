import { and, count, eq, gt, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { setupLinks, users } from "../db/schema/access";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";
import { hashToken } from "../token";

/** Whether the first admin is still missing. */
export async function isSetupNeeded(ctx: Ctx): Promise<boolean> {
  const [people] = await ctx.db.select({ count: count() }).from(users);
  return people?.count === 0;
}

/** Whether a setup link would work now. Refuses `rate-limited` after twenty wrong ones in an hour from one address. */
export async function isSetupLinkValid(
  ctx: Ctx,
  input: { token: string; peer: string | null },
): Promise<boolean> {
  const address = byAddress(input.peer);
  await demandTry(ctx, "link", address);
  const [link] = await ctx.db
    .select({ id: setupLinks.id })
    .from(setupLinks)
    .where(
      and(
        eq(setupLinks.tokenHash, hashToken(input.token)),
        isNull(setupLinks.usedAt),
        gt(setupLinks.expiresAt, ctx.now),
      ),
    );
  const valid = link !== undefined && (await isSetupNeeded(ctx));
  if (valid) await forgiveTries(ctx, "link", address);
  return valid;
}
