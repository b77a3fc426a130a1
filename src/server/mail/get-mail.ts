import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { outgoingMails } from "../db/schema/mail";

/** How far a mail has come; `problem` is the last one, in the server's own words. */
export interface MailState {
  state: "waiting" | "sent" | "failed";
  to: string;
  attempts: number;
  problem: string | null;
}

/** What became of a mail that was queued. Refuses `not-found`. */
export async function getMail(ctx: Pick<Ctx, "db">, input: { id: string }): Promise<MailState> {
  const [mail] = await ctx.db.select().from(outgoingMails).where(eq(outgoingMails.id, input.id));
  if (!mail) throw new Refusal("not-found", { say: "There is no such mail." });
  const state = mail.sentAt ? "sent" : mail.dueAt === null ? "failed" : "waiting";
  return { state, to: mail.recipient, attempts: mail.attempts, problem: mail.problem };
}
