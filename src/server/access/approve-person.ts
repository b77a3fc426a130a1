import { eq } from "drizzle-orm";
import { tidyGrants } from "~/domain/grants";
import type { Grant, Role } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";
import { demandClientsExist, storeGrants } from "./store-grants";

/**
 * Lets in a person who came by OpenID Connect and waits, with a role and permissions. Refuses `confirmation-needed`, and when nobody waits under this id: somebody
 * else may have decided in the meantime.
 */
export async function approvePerson(
  ctx: Ctx,
  input: { userId: string; role: Role; grants: readonly Grant[] },
): Promise<void> {
  demandConfirmed(ctx);
  const { userId, role } = input;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockAdmins(within);
    const person = await lockPerson(within, userId);
    if (person.pendingSince === null)
      throw new Refusal("invalid-input", { say: `${person.name} is not waiting any more.` });
    const grants = role === "admin" ? [] : tidyGrants(input.grants);
    await demandClientsExist(within, grants);
    await tx.update(users).set({ pendingSince: null, role }).where(eq(users.id, userId));
    await storeGrants(within, { userId, grants });
    await appendEntry(within, {
      action: "user.approved",
      say: `Let ${person.name} in as ${role === "admin" ? "an admin" : "a user"}.`,
      detail: { userId, email: person.email, before: { role: person.role }, after: { role, grants } },
    });
  });
}
