import { and, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";

/** Ends a sign-in; the next request with its cookie is refused. May run twice. */
export async function endSignIn(ctx: Omit<Ctx, "actor">, signInId: string): Promise<void> {
  await ctx.db
    .update(signIns)
    .set({ endedAt: ctx.now })
    .where(and(eq(signIns.id, signInId), isNull(signIns.endedAt)));
}
