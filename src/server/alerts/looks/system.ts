import { and, asc, desc, eq, gte, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { Ctx } from "../../context";
import { alertChannels, alertDeliveries } from "../../db/schema/alerts";
import { outgoingMails } from "../../db/schema/mail";
import { lastEntry } from "../../journal/last-entry";
import type { Finding } from "../sync-alerts";

/** The journal whose last reading found its chain broken. */
export async function lookAtJournal(ctx: Ctx): Promise<Finding[]> {
  const last = await lastEntry(ctx, ["journal.verified", "journal.broken"]);
  if (last?.action !== "journal.broken") return [];
  return [
    {
      ...{ key: "journal-broken", kind: "journal-broken", clientId: null },
      title: "The journal was changed",
      say: `${last.say} Somebody wrote to it beside the server: compare it with its anchor and with a backup of the database.`,
    },
  ];
}

/** A channel that failed so often in a row fails; a single time is the network. */
const FAILED_TRIES = 3;

/** Channels through which nothing gets: their last word was tried some times in vain, or refused for good. */
export async function lookAtChannels(ctx: Ctx): Promise<Finding[]> {
  const last = ctx.db
    .select({ state: alertDeliveries.state, attempts: alertDeliveries.attempts })
    .from(alertDeliveries)
    .where(
      and(
        eq(alertDeliveries.channelId, alertChannels.id),
        sql`${alertDeliveries.attempts} > 0`,
        sql`${alertDeliveries.event} <> 'test'`,
      ),
    )
    .orderBy(desc(alertDeliveries.createdAt), desc(alertDeliveries.id))
    .limit(1)
    .as("last");
  const rows = await ctx.db
    .select({ id: alertChannels.id, name: alertChannels.name, problem: alertChannels.lastProblem })
    .from(alertChannels)
    .innerJoinLateral(last, sql`true`)
    .where(
      and(
        eq(alertChannels.enabled, true),
        // A browser that is told no more is its owner's to see, on their own page.
        ne(alertChannels.kind, "push"),
        isNotNull(alertChannels.lastProblem),
        sql`(${last.state} = 'given-up' or ${last.attempts} >= ${FAILED_TRIES})`,
      ),
    )
    .orderBy(asc(alertChannels.id))
    .limit(100);
  const mail = await lookAtMail(ctx);
  return rows
    .map(
      (row): Finding => ({
        ...{ key: `channel-failing ${row.id}`, kind: "channel-failing", clientId: null },
        title: `Alerts do not get through ${row.name}`,
        say: `${row.problem ?? "It is not known why."} Until it works, its alerts reach nobody that way.`,
      }),
    )
    .concat(mail);
}

/** Mail is a queue of its own: one that was tried some times within a day and did not get out. */
async function lookAtMail(ctx: Ctx): Promise<Finding[]> {
  const since = new Date(ctx.now.getTime() - 86_400_000);
  const [stuck] = await ctx.db
    .select({ problem: outgoingMails.problem })
    .from(outgoingMails)
    .where(
      and(
        gte(outgoingMails.createdAt, since),
        gte(outgoingMails.attempts, FAILED_TRIES),
        isNull(outgoingMails.sentAt),
        isNotNull(outgoingMails.problem),
      ),
    )
    .orderBy(desc(outgoingMails.createdAt))
    .limit(1);
  if (!stuck) return [];
  return [
    {
      ...{ key: "channel-failing mail", kind: "channel-failing", clientId: null },
      title: "Mail does not get out",
      say: `${stuck.problem} Look at Settings, Mail.`,
    },
  ];
}
