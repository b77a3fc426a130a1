import { and, eq, isNull, ne } from "drizzle-orm";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";

/**
 * Ends every sign-in of a person, on all devices; the next request with any of their cookies is refused. `except`: a sign-in that goes
 * on, where somebody does this to themselves. Answers how many it ended. May run twice.
 */
export async function endSignInsOf(
  ctx: Pick<Ctx, "db" | "now">,
  input: { userId: string; except?: string | null },
): Promise<number> {
  const ended = await ctx.db
    .update(signIns)
    .set({ endedAt: ctx.now })
    .where(
      and(
        eq(signIns.userId, input.userId),
        isNull(signIns.endedAt),
        input.except ? ne(signIns.id, input.except) : undefined,
      ),
    )
    .returning({ id: signIns.id });
  return ended.length;
}
