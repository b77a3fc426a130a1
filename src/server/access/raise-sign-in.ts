import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { signIns } from "../db/schema/access";

/**
 * Notes that this sign-in has just shown a second factor, and gives it a new id: the answer. The caller hands it to the browser as a new
 * cookie. The one from before the step names no row any more, so whoever copied or planted it earlier has nothing (session fixation,
 * OWASP ASVS 3.2.1). Refuses `not-signed-in` when it was ended or raised meanwhile: of several at once one gets through.
 */
export async function raiseSignIn(
  ctx: Pick<Ctx, "db" | "now">,
  input: { signInId: string },
): Promise<{ signInId: string }> {
  const signInId = newId();
  const raised = await ctx.db
    .update(signIns)
    .set({ id: signInId, secondFactorAt: ctx.now, confirmedAt: ctx.now, lastSeenAt: ctx.now })
    .where(and(eq(signIns.id, input.signInId), isNull(signIns.endedAt)))
    .returning({ id: signIns.id });
  if (raised.length === 0)
    throw new Refusal("not-signed-in", { say: "This sign-in has ended. Sign in again." });
  return { signInId };
}

/** Notes that this sign-in has just shown its password or second factor again (`demand-confirmed`). It keeps its id. */
export async function confirmSignIn(
  ctx: Pick<Ctx, "db" | "now">,
  input: { signInId: string },
): Promise<void> {
  await ctx.db
    .update(signIns)
    .set({ confirmedAt: ctx.now })
    .where(and(eq(signIns.id, input.signInId), isNull(signIns.endedAt)));
}
