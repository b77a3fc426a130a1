import { givesMore, tidyGrants } from "~/domain/grants";
import type { Grant } from "~/domain/permission";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";
import { demandClientsExist, readGrants, storeGrants } from "./store-grants";

/**
 * Replaces all that a person may do by `grants`; `view` is added to each, an empty one gives nothing. Holds from the person's next request
 * on. An admin may do everything all the same. Refuses `not-found` for a person or client that does not
 * exist, and `confirmation-needed` where it gives more than before.
 */
export async function setGrants(
  ctx: Ctx,
  input: { userId: string; grants: readonly Grant[] },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockAdmins(within);
    const person = await lockPerson(within, input.userId);
    const after = tidyGrants(input.grants);
    await demandClientsExist(within, after);
    const before = tidyGrants(await readGrants(within, input.userId));
    if (givesMore(before, after)) demandConfirmed(ctx);
    await storeGrants(within, { userId: input.userId, grants: after });
    await appendEntry(within, {
      action: "user.grants",
      say: `Changed what ${person.name} may do.`,
      detail: { userId: person.id, email: person.email, before, after },
    });
  });
}
