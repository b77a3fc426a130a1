import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { clients, enrolmentTokens } from "../db/schema/clients";
import { appendEntry } from "../journal/append-entry";
import { hashToken, newToken } from "../token";

/** Hours an enrolment token lives: a working day and a night, so that a line pasted tomorrow still works. */
const TOKEN_HOURS = 24;

/**
 * Makes the one-time token with which a machine becomes this client; it is in the answer and nowhere else. Open tokens of the client
 * die. A client that is enrolled already may be enrolled again (a new machine, a lost key): its old key works until then.
 */
export async function createEnrolmentToken(
  ctx: Ctx,
  client: Authorized<"manage-clients">,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken("bbse_");
  const expiresAt = new Date(ctx.now.getTime() + TOKEN_HOURS * 3_600_000);
  await ctx.db.transaction(async (tx) => {
    const [living] = await tx
      .select({ id: clients.id, name: clients.name })
      .from(clients)
      .where(and(eq(clients.id, client.clientId), isNull(clients.removedAt)))
      .for("no key update");
    if (!living) throw new Refusal("not-found", { say: "This client was removed." });
    const replaced = await tx
      .update(enrolmentTokens)
      .set({ revokedAt: ctx.now })
      .where(
        and(
          eq(enrolmentTokens.clientId, client.clientId),
          isNull(enrolmentTokens.usedAt),
          isNull(enrolmentTokens.revokedAt),
        ),
      )
      .returning({ id: enrolmentTokens.id });
    await tx.insert(enrolmentTokens).values({
      id: newId(),
      clientId: client.clientId,
      tokenHash: hashToken(token),
      createdAt: ctx.now,
      expiresAt,
    });
    await announce(tx, { entity: "client", id: client.clientId, clientId: client.clientId });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "client.enrolment",
        say: `Showed a new enrolment line for ${living.name}.`,
        clientId: client.clientId,
        detail: { expiresAt, replacedLines: replaced.length },
      },
    );
  });
  return { token, expiresAt };
}
