import { eq } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import type { Role } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";

/** The account of the person who asks. */
export async function getMe(
  ctx: Ctx,
  input: { userId: UserId },
): Promise<{ id: string; email: string; name: string; role: Role }> {
  const [me] = await ctx.db
    .select({ id: users.id, email: users.email, name: users.name, role: users.role })
    .from(users)
    .where(eq(users.id, input.userId));
  if (!me) throw new Refusal("not-signed-in", { say: "This account is gone." });
  return me;
}
