import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";

/** Ends one sign-in of one person; answers where it was, for the journal. Refuses `not-found` for another's and for one that has ended. */
export async function endOneSignIn(
  ctx: Pick<Ctx, "db" | "now">,
  input: { userId: string; signInId: string },
): Promise<{ address: string | null; device: string | null }> {
  const [ended] = await ctx.db
    .update(signIns)
    .set({ endedAt: ctx.now })
    .where(and(eq(signIns.id, input.signInId), eq(signIns.userId, input.userId), isNull(signIns.endedAt)))
    .returning({ address: signIns.address, device: signIns.device });
  if (!ended) throw new Refusal("not-found", { say: "This sign-in has ended already." });
  return ended;
}
