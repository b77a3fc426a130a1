import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { apiTokens, passwordResets, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { endSignInsOf } from "./end-sign-ins-of";
import { demandAnother, lockAdmins } from "./lock-admins";
import { lockPerson } from "./lock-person";

/**
 * Shuts a person out from the next request on: ends every sign-in, revokes API tokens and links to a new password. Invitations that
 * they made and nobody has used stop working with them. What they granted and did stays. May run twice. Refuses to disable oneself.
 */
export async function disablePerson(ctx: Ctx, input: { userId: string }): Promise<void> {
  const { userId } = input;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const admin = await lockAdmins(within);
    demandAnother(admin, userId, "disable");
    const person = await lockPerson(within, userId);
    if (person.disabledAt !== null) return;
    await tx.update(users).set({ disabledAt: ctx.now }).where(eq(users.id, userId));
    const signIns = await endSignInsOf(within, { userId });
    const tokens = await tx
      .update(apiTokens)
      .set({ revokedAt: ctx.now })
      .where(and(eq(apiTokens.userId, userId), isNull(apiTokens.revokedAt)))
      .returning({ id: apiTokens.id });
    await tx
      .update(passwordResets)
      .set({ usedAt: ctx.now })
      .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.usedAt)));
    await appendEntry(within, {
      action: "user.disabled",
      say: `Disabled the account of ${person.name}.`,
      detail: { userId, email: person.email, endedSignIns: signIns, revokedTokens: tokens.length },
    });
  });
}

/** Lets a person who was disabled sign in again, with the permissions of before. Tokens stay revoked. Refuses unless disabled. */
export async function enablePerson(ctx: Ctx, input: { userId: string }): Promise<void> {
  const { userId } = input;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockAdmins(within);
    const person = await lockPerson(within, userId);
    if (person.disabledAt === null)
      throw new Refusal("invalid-input", { say: `${person.name} is not disabled.` });
    await tx.update(users).set({ disabledAt: null }).where(eq(users.id, userId));
    await appendEntry(within, {
      action: "user.enabled",
      say: `Enabled the account of ${person.name} again.`,
      detail: { userId, email: person.email },
    });
  });
}
