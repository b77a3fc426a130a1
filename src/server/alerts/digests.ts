import { and, asc, desc, eq, gte, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { ALERT_SEVERITIES } from "~/domain/alert";
import { SEVERITY_WORDS } from "~/domain/alert-words";
import {
  type DigestChoice,
  type DigestFacts,
  digestMail,
  isWorthSending,
  nextDigestAt,
} from "~/domain/digest";
import type { UserActor } from "~/domain/permission";
import { env } from "~/env";
import { PERSON, userActorOf } from "../access/read-user-actor";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { alerts, digests } from "../db/schema/alerts";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { visibleTo } from "../db/visible-to";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { queueMail } from "../mail/queue-mail";
import { readObjectives } from "./read-objectives";

/** What one person has chosen; null: no digest. `mailIsSet` false: none could leave this server. */
export interface OwnDigest {
  choice: DigestChoice | null;
  nextAt: Date | null;
  mailIsSet: boolean;
}

type PersonCtx = Pick<Ctx, "db" | "now"> & { actor: UserActor };

const DAY_MS = 86_400_000;
/** A summary that is half a day late is told by the next one. */
const VALID_MINUTES = 12 * 60;
const MOST_OPEN = 200;

/** The caller's own digest. */
export async function getDigest(ctx: PersonCtx): Promise<OwnDigest> {
  const [row] = await ctx.db.select().from(digests).where(eq(digests.userId, ctx.actor.userId));
  const mailIsSet = await isMailSetUp(ctx);
  if (!row) return { choice: null, nextAt: null, mailIsSet };
  const { every, hour, zone, nextAt } = row;
  return { choice: { every, hour, zone }, nextAt, mailIsSet };
}

/** Chooses the caller's own digest; null ends it. The next one goes out at the next hour chosen. */
export async function saveDigest(ctx: PersonCtx, input: { choice: DigestChoice | null }): Promise<void> {
  const { userId } = ctx.actor;
  if (input.choice === null) {
    await ctx.db.delete(digests).where(eq(digests.userId, userId));
    return;
  }
  const row = { ...input.choice, nextAt: nextDigestAt(input.choice, ctx.now) };
  await ctx.db
    .insert(digests)
    .values({ userId, ...row })
    .onConflictDoUpdate({ target: digests.userId, set: row });
}

/** What the caller's digest would say now. */
export async function previewDigest(
  ctx: PersonCtx,
  input: { every: DigestChoice["every"] },
): Promise<{ subject: string; text: string; isSent: boolean }> {
  const facts = await readFacts(ctx, input.every);
  return { ...digestMail(facts), isSent: isWorthSending(facts) };
}

/** Mails the digests that are due, each person's by what that person may see now, and sets their next time in the same transaction. */
export async function sendDueDigests(ctx: Ctx): Promise<{ sent: number }> {
  if (!(await isMailSetUp(ctx))) return { sent: 0 };
  let sent = 0;
  for (;;) {
    const worth = await ctx.db.transaction((tx) => sendOne({ ...ctx, db: tx }));
    if (worth === null) return { sent };
    if (worth) sent += 1;
  }
}

/** Null: none is due. False: it had nothing to say. */
async function sendOne(ctx: Ctx): Promise<boolean | null> {
  const [due] = await ctx.db
    .select()
    .from(digests)
    .where(lte(digests.nextAt, ctx.now))
    .orderBy(asc(digests.nextAt))
    .limit(1)
    .for("update", { skipLocked: true });
  if (!due) return null;
  await ctx.db
    .update(digests)
    .set({ nextAt: nextDigestAt(due, ctx.now) })
    .where(eq(digests.userId, due.userId));
  const person = await readPerson(ctx, due.userId);
  if (!person) return false;
  const facts = await readFacts({ ...ctx, actor: person.actor }, due.every);
  if (!isWorthSending(facts)) return false;
  await queueMail(ctx, { to: person.email, ...digestMail(facts), validMinutes: VALID_MINUTES });
  return true;
}

/** The person as they would be at the console with everything shown; null: disabled, or not let in yet. */
async function readPerson(ctx: Ctx, userId: string): Promise<{ email: string; actor: UserActor } | null> {
  const [person] = await ctx.db
    .select({ ...PERSON, email: users.email })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.disabledAt), isNull(users.pendingSince)));
  if (!person) return null;
  const actor = userActorOf(person, {
    ...{ via: "session", signInId: null, tokenId: null, scopes: null, confirmedAt: null },
    secondFactorAt: ctx.now,
  });
  return { email: person.email, actor };
}

async function readFacts(ctx: PersonCtx, every: DigestChoice["every"]): Promise<DigestFacts> {
  const since = new Date(ctx.now.getTime() - (every === "day" ? DAY_MS : 7 * DAY_MS));
  const judged = await readObjectives(ctx, { where: visibleTo(ctx.actor, plans.clientId) });
  const [backups] = await ctx.db
    .select({
      succeeded: sql<number>`(count(*) filter (where ${jobs.state} = 'succeeded'))::int`,
      warned: sql<number>`(count(*) filter (where ${jobs.state} = 'warned'))::int`,
      failed: sql<number>`(count(*) filter (where ${jobs.state} = 'failed'))::int`,
    })
    .from(jobs)
    .where(
      and(
        isNotNull(jobs.endedAt),
        gte(jobs.endedAt, since),
        eq(jobs.kind, "backup"),
        visibleTo(ctx.actor, jobs.clientId),
      ),
    );
  const seen = await ctx.db
    .select({ title: alerts.title, severity: alerts.severity, resolvedAt: alerts.resolvedAt })
    .from(alerts)
    .where(
      and(or(isNull(alerts.resolvedAt), gte(alerts.openedAt, since)), visibleTo(ctx.actor, alerts.clientId)),
    )
    .orderBy(desc(alerts.openedAt))
    .limit(MOST_OPEN);
  const open = seen
    .filter((alert) => alert.resolvedAt === null)
    .sort((a, b) => ALERT_SEVERITIES.indexOf(b.severity) - ALERT_SEVERITIES.indexOf(a.severity));
  const breached = judged.filter((plan) => plan.state === "breached");
  const inState = (state: string) => judged.filter((plan) => plan.state === state).length;
  return {
    every,
    plans: {
      total: judged.length,
      breached: breached.map((plan) => ({ name: `${plan.clientName}, ${plan.planName}`, say: plan.say })),
      ...{ unproven: inState("unproven"), proven: inState("proven") },
    },
    backups: backups ?? { succeeded: 0, warned: 0, failed: 0 },
    open: open.map((alert) => ({ title: alert.title, severity: SEVERITY_WORDS[alert.severity] })),
    settled: seen.length - open.length,
    link: env().appUrl,
  };
}
