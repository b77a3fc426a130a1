import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { outgoingMails } from "../db/schema/mail";
import { type SecretPlace, sealSecret } from "../secrets/seal-secret";

/** Where the text of a mail is sealed to. */
export function mailPlace(id: string): SecretPlace {
  return { table: "outgoing_mails", column: "body_sealed", rowId: id };
}

/**
 * Leaves a mail for the worker, in the caller's transaction: it is sent exactly if what it tells of happened. `validMinutes`: after that
 * it is not tried any more. Plain text only.
 */
export async function queueMail(
  ctx: Pick<Ctx, "db" | "now">,
  mail: { to: string; subject: string; text: string; validMinutes: number },
): Promise<{ id: string }> {
  const id = newId();
  await ctx.db.insert(outgoingMails).values({
    id,
    recipient: mail.to,
    subject: mail.subject,
    bodySealed: sealSecret(mail.text, mailPlace(id)),
    createdAt: ctx.now,
    dueAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + mail.validMinutes * 60_000),
  });
  return { id };
}
