import { and, eq, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { invitations } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { lockAdmins } from "./lock-admins";

/** Makes the link of an invitation useless at once. Refuses `not-found` for one that was used or revoked. */
export async function revokeInvitation(ctx: Ctx, input: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockAdmins(within);
    const [revoked] = await tx
      .update(invitations)
      .set({ revokedAt: ctx.now })
      .where(and(eq(invitations.id, input.id), isNull(invitations.usedAt), isNull(invitations.revokedAt)))
      .returning({ email: invitations.email, role: invitations.role });
    if (!revoked)
      throw new Refusal("not-found", { say: "There is no such invitation, or it was used already." });
    await appendEntry(within, {
      action: "user.invitation-revoked",
      say: `Revoked the invitation of ${revoked.email}.`,
      detail: { invitationId: input.id, before: revoked },
    });
  });
}
