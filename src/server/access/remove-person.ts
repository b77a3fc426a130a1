import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandAnother, lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";

/**
 * Deletes a person with sign-ins, tokens, permissions, second factor and identities, for good. What the journal says of them stays, by
 * name; backups and plans belong to clients and stay. Refuses to delete oneself, and unless the address was typed.
 */
export async function removePerson(ctx: Ctx, input: { userId: string; typedEmail: string }): Promise<void> {
  const { userId } = input;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const admin = await lockAdmins(within);
    demandAnother(admin, userId, "delete");
    const { email, name, role } = await lockPerson(within, userId);
    if (input.typedEmail.trim() !== email) {
      throw new Refusal("invalid-input", { say: `Type ${email} exactly to delete this person.` });
    }
    await tx.delete(users).where(eq(users.id, userId));
    await appendEntry(within, {
      action: "user.deleted",
      say: `Deleted the account of ${name}.`,
      detail: { userId, before: { name, email, role } },
    });
  });
}
