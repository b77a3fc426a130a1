import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";

/**
 * Begins a change of people: locks the admins who can act, so that one such change happens after the other, and refuses `forbidden`
 * unless the actor is one of them at this moment, whatever the request began with. With {@link demandAnother} it follows that the last
 * admin stays: only another one could take the role away.
 *
 * Call it first in the transaction. Sign-ins are not held up.
 */
export async function lockAdmins(ctx: Ctx): Promise<{ userId: string; name: string }> {
  const admins = await ctx.db
    .select({ userId: users.id, name: users.name })
    .from(users)
    .where(and(eq(users.role, "admin"), isNull(users.disabledAt), isNull(users.pendingSince)))
    .orderBy(users.id)
    .for("no key update");
  const { actor } = ctx;
  const me = actor.kind === "user" ? admins.find(({ userId }) => userId === actor.userId) : undefined;
  if (!me)
    throw new Refusal("forbidden", {
      say: "Only an admin may do this.",
      denied: { action: "administer", clientId: null },
    });
  return me;
}

/** Refuses `invalid-input` when an admin is about to do to themselves what could leave nobody to undo it. */
export function demandAnother(admin: { userId: string }, userId: string, what: string): void {
  if (admin.userId === userId)
    throw new Refusal("invalid-input", { say: `You cannot ${what} yourself. Ask another admin.` });
}
