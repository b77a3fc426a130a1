import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { endOneSignIn } from "./end-one-sign-in";
import { lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";

/** An admin ends one sign-in of anybody; the next request with its cookie is refused. Refuses `not-found` when it has ended already. */
export async function endPersonsSignIn(ctx: Ctx, input: { userId: string; signInId: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockAdmins(within);
    const person = await lockPerson(within, input.userId);
    const ended = await endOneSignIn(within, input);
    await appendEntry(within, {
      action: "sign-in.ended",
      say: `Ended a sign-in of ${person.name}.`,
      detail: { userId: person.id, ...ended },
    });
  });
}
