import { count, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { hashPassword } from "./password";

export interface FirstAdmin {
  email: string;
  name: string;
  password: string;
}

/**
 * Makes the first account, an admin. Refuses `already-set-up` when there is any, also when two ask at the same moment, and
 * passwords as `hashPassword` does. `bbs-admin setup` calls it directly; the browser goes through `completeSetup`.
 */
export async function createFirstAdmin(ctx: Ctx, input: FirstAdmin): Promise<{ userId: string }> {
  const passwordHash = await hashPassword(input.password, input);
  return ctx.db.transaction(async (tx) => {
    await tx.execute(sql`lock table ${users} in share row exclusive mode`);
    const [people] = await tx.select({ count: count() }).from(users);
    if (people && people.count > 0) {
      throw new Refusal("already-set-up", { say: "This server has an admin already. Sign in instead." });
    }
    const userId = newId();
    await tx.insert(users).values({
      id: userId,
      email: input.email.trim(),
      name: input.name.trim(),
      passwordHash,
      role: "admin",
      createdAt: ctx.now,
    });
    const [name, email] = [input.name.trim(), input.email.trim()];
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "setup",
        say: `Made the first admin, ${name}.`,
        detail: { userId, before: null, after: { name, email, role: "admin" } },
      },
    );
    return { userId };
  });
}
