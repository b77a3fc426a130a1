import { and, isNull, lt } from "drizzle-orm";
import type { Ctx } from "../context";
import { outgoingMails } from "../db/schema/mail";

/** Days for which it can be seen whether a mail was sent. */
const KEPT_DAYS = 30;

/** Forgets mails that were sent or given up a while ago. May run twice. */
export async function purgeMails({ db, now }: Ctx): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await db.delete(outgoingMails).where(and(isNull(outgoingMails.dueAt), lt(outgoingMails.createdAt, before)));
}
