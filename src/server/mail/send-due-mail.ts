import { and, asc, eq, inArray, lte, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { outgoingMails } from "../db/schema/mail";
import { openSecret } from "../secrets/seal-secret";
import { deliverMail, type MailProblem } from "./deliver-mail";
import { mailPlace } from "./queue-mail";

/** How long one try keeps a mail from other workers. Longer than a try may take (`deliver-mail`), so nobody sends it a second time meanwhile. */
const LEASE_MS = 3 * 60_000;

/** Minutes until the next try; the last one again and again. */
const BACK_OFF_MINUTES = [1, 5, 15, 60];

/** What became of a try; null: nothing is due. */
export type MailOutcome = "sent" | "put-off" | "given-up" | null;

/**
 * Tries one mail that is due. It is claimed first, in a transaction of its own, by moving its time behind the lease: of many workers one has
 * it, and after `kill -9` it is due again when the lease is over. So a mail goes out at least once; twice only when the worker dies between
 * the server's yes and our row, and then under the same Message-ID.
 *
 * A mail is given up when the server refuses it for good (5xx) or its time is over before the next try; its text is emptied then, as when
 * it was sent. `at` gives a ctx of the moment: sending takes its time.
 */
export async function sendDueMail(
  at: () => Ctx,
  given: { trust?: string; timeLimitMs?: number } = {},
): Promise<MailOutcome> {
  const mail = await claim(at());
  if (!mail) return null;
  const { now } = at();
  if (mail.bodySealed === null || mail.expiresAt <= now) {
    const problem = mail.problem ?? "No worker could send it in time.";
    return settle(at(), mail, { outcome: "given-up", problem });
  }
  const text = openSecret(mail.bodySealed, mailPlace(mail.id));
  const failed = await deliverMail(at(), { ...mail, text }, given);
  if (failed === null) return settle(at(), mail, { outcome: "sent", problem: null });
  return settle(at(), mail, afterFailure(at(), mail, failed));
}

type Claimed = NonNullable<Awaited<ReturnType<typeof claim>>>;

async function claim({ db, now }: Ctx) {
  const next = db
    .select({ id: outgoingMails.id })
    .from(outgoingMails)
    .where(lte(outgoingMails.dueAt, now))
    .orderBy(asc(outgoingMails.dueAt), outgoingMails.id)
    .limit(1)
    .for("update", { skipLocked: true });
  const [mail] = await db
    .update(outgoingMails)
    .set({ dueAt: new Date(now.getTime() + LEASE_MS), attempts: sql`${outgoingMails.attempts} + 1` })
    .where(inArray(outgoingMails.id, next))
    .returning();
  return mail;
}

interface Settled {
  outcome: Exclude<MailOutcome, null>;
  problem: string | null;
  dueAt?: Date;
}

function afterFailure({ now }: Ctx, mail: Claimed, { say, forGood }: MailProblem): Settled {
  const minutes = BACK_OFF_MINUTES[Math.min(mail.attempts, BACK_OFF_MINUTES.length) - 1] ?? 60;
  const dueAt = new Date(now.getTime() + minutes * 60_000);
  if (forGood || dueAt >= mail.expiresAt) return { outcome: "given-up", problem: say };
  return { outcome: "put-off", problem: say, dueAt };
}

/** Only while the claim holds: a worker that slept over its lease changes nothing that another one has taken. */
async function settle({ db, now }: Ctx, mail: Claimed, settled: Settled): Promise<Settled["outcome"]> {
  const { outcome, problem, dueAt = null } = settled;
  await db
    .update(outgoingMails)
    .set({
      ...{ dueAt, problem, sentAt: outcome === "sent" ? now : null },
      ...(dueAt === null ? { bodySealed: null } : {}),
    })
    .where(and(eq(outgoingMails.id, mail.id), eq(outgoingMails.attempts, mail.attempts)));
  return outcome;
}
