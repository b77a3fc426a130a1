import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { lockPerson } from "./lock-person";
import { ownSignIn } from "./own-sign-in";

/** A person changes what they are called; journaled, nothing when it is the same. The address is an admin's to change: it is who they are. */
export async function changeOwnName(ctx: Ctx, input: { name: string }): Promise<void> {
  const { userId } = ownSignIn(ctx);
  const { name } = input;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const person = await lockPerson(within, userId);
    if (person.name === name) return;
    await tx.update(users).set({ name }).where(eq(users.id, userId));
    await appendEntry(within, {
      action: "user.changed",
      say: `Changed their own name from ${person.name} to ${name}.`,
      detail: { userId, before: { name: person.name }, after: { name } },
    });
  });
}
