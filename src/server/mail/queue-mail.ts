import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { outgoingMails } from "../db/schema/mail";
import { type SecretPlace, sealSecret } from "../secrets/seal-secret";
import { isMailAddress } from "./mail-address";

/** Where the text of a mail is sealed to. */
export function mailPlace(id: string): SecretPlace {
  return { table: "outgoing_mails", column: "body_sealed", rowId: id };
}

/** What `announce` calls the queue of mails: by it a worker wakes at once. */
export const MAIL_QUEUE = "mail";

/**
 * Leaves a mail for the worker, in the caller's transaction: it is sent exactly if what it tells of happened, within a moment of the commit.
 * `validMinutes`: after that it is not tried any more. Plain text only. Refuses `invalid-input` for a recipient that is not one address, and
 * for a line break in recipient or subject, which would begin a header of the caller's own.
 */
export async function queueMail(
  ctx: Pick<Ctx, "db" | "now">,
  mail: { to: string; subject: string; text: string; validMinutes: number },
): Promise<{ id: string }> {
  if (!isMailAddress(mail.to)) throw new Refusal("invalid-input", { say: "This is not one e-mail address." });
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(mail.subject))
    throw new Refusal("invalid-input", { say: "The subject of a mail is one line." });
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
  await announce(ctx.db, { entity: "system", id: MAIL_QUEUE, clientId: null });
  return { id };
}
