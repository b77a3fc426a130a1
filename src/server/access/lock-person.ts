import { eq, getTableColumns } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";

/** A person's row, locked until the transaction ends. Refuses `not-found`. */
export async function lockPerson(
  ctx: Pick<Ctx, "db">,
  userId: string,
): Promise<Omit<typeof users.$inferSelect, "passwordHash">> {
  const { passwordHash: _, ...columns } = getTableColumns(users);
  const [person] = await ctx.db.select(columns).from(users).where(eq(users.id, userId)).for("no key update");
  if (!person) throw new Refusal("not-found", { say: "There is no such person." });
  return person;
}
