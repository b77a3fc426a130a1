import { eq } from "drizzle-orm";
import type { Role } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";

export interface Account {
  email: string;
  name: string;
  role: Role;
  createdAt: Date;
  /** Without one: by passkey or OpenID Connect. */
  hasPassword: boolean;
}

/** The account of the person who asks, as that person sees it. */
export async function getAccount(ctx: Ctx, input: { userId: string }): Promise<Account> {
  const [user] = await ctx.db.select().from(users).where(eq(users.id, input.userId));
  if (!user) throw new Refusal("not-signed-in", { say: "This account is gone." });
  const { email, name, role, createdAt } = user;
  return { email, name, role, createdAt, hasPassword: user.passwordHash !== null };
}
