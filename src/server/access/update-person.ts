import { and, eq, isNull } from "drizzle-orm";
import type { Role } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { passwordResets, users } from "../db/schema/access";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { demandAnother, lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";

/**
 * Changes a person's name, address and role; a role holds from the next request on. With the address, links to a new password that went
 * to the old one die. Refuses
 * `confirmation-needed` for a new address (a new password goes there) and for a new admin, to change one's own role, and `name-taken` for an address that somebody has.
 */
export async function updatePerson(
  ctx: Ctx,
  input: { userId: string; name: string; email: string; role: Role },
): Promise<void> {
  const { userId } = input;
  const after = { name: input.name, email: input.email, role: input.role };
  try {
    await ctx.db.transaction(async (tx) => {
      const within = { ...ctx, db: tx };
      const admin = await lockAdmins(within);
      const { name, email, role } = await lockPerson(within, userId);
      if (role !== after.role) demandAnother(admin, userId, "change the role of");
      const moves = email.toLowerCase() !== after.email.toLowerCase();
      if (moves || (role !== "admin" && after.role === "admin")) demandConfirmed(ctx);
      await tx.update(users).set(after).where(eq(users.id, userId));
      if (moves) {
        await tx
          .update(passwordResets)
          .set({ usedAt: ctx.now })
          .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.usedAt)));
      }
      await appendEntry(within, {
        action: "user.changed",
        say: role === after.role ? `Changed the account of ${name}.` : `Made ${name} ${aRole(after.role)}.`,
        detail: { userId, before: { name, email, role }, after },
      });
    });
  } catch (error) {
    if (violates(error, "users_email")) throw addressTaken(after.email);
    throw error;
  }
}

/** Only admins learn from it who has an account. */
export function addressTaken(email: string): Refusal {
  return new Refusal("name-taken", { say: `There is an account with the address ${email} already.` });
}

const aRole = (role: Role) => (role === "admin" ? "an admin" : "a user");
