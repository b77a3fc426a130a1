import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";

/** An admin ends one sign-in of anybody; the next request with its cookie is refused. Refuses `not-found` when it has ended already. */
export async function endPersonsSignIn(ctx: Ctx, input: { userId: string; signInId: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockAdmins(within);
    const person = await lockPerson(within, input.userId);
    const [ended] = await tx
      .update(signIns)
      .set({ endedAt: ctx.now })
      .where(and(eq(signIns.id, input.signInId), eq(signIns.userId, input.userId), isNull(signIns.endedAt)))
      .returning({ address: signIns.address, device: signIns.device });
    if (!ended) throw new Refusal("not-found", { say: "This sign-in has ended already." });
    await appendEntry(within, {
      action: "sign-in.ended",
      say: `Ended a sign-in of ${person.name}.`,
      detail: { userId: person.id, ...ended },
    });
  });
}
