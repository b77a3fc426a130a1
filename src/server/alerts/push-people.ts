import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { UserActor } from "~/domain/permission";
import { PERSON, userActorOf } from "../access/read-user-actor";
import type { Ctx } from "../context";
import { signIns, users } from "../db/schema/access";
import { alertChannels, alerts } from "../db/schema/alerts";
import { visibleTo } from "../db/visible-to";

/** A browser that may be told, and the person in it as the rows of now have them. */
export interface PushBrowser {
  channelId: string;
  minSeverity: typeof alertChannels.$inferSelect.minSeverity;
  actor: UserActor;
}

const MOST_BROWSERS = 2000;

/**
 * Browsers that may be told: their sign-in was not ended, and its person is not disabled, let in, and has shown what is demanded. A sign-in
 * that is only too old or idle still counts: whoever looks away is who is to be told, and a note holds nothing but a headline.
 */
export async function readPushBrowsers(
  ctx: Pick<Ctx, "db">,
  given: { channelId?: string } = {},
): Promise<PushBrowser[]> {
  const rows = await ctx.db
    .select({
      ...PERSON,
      channelId: alertChannels.id,
      minSeverity: alertChannels.minSeverity,
      secondFactorAt: signIns.secondFactorAt,
    })
    .from(alertChannels)
    .innerJoin(signIns, eq(signIns.id, alertChannels.signInId))
    .innerJoin(users, and(eq(users.id, signIns.userId), eq(users.id, alertChannels.userId)))
    .where(
      and(
        eq(alertChannels.kind, "push"),
        given.channelId === undefined ? undefined : eq(alertChannels.id, given.channelId),
        isNull(signIns.endedAt),
        isNull(users.disabledAt),
        isNull(users.pendingSince),
      ),
    )
    .orderBy(asc(alertChannels.userId), alertChannels.id)
    .limit(MOST_BROWSERS);
  return rows
    .map(({ channelId, minSeverity, secondFactorAt, ...person }) => ({
      ...{ channelId, minSeverity },
      actor: userActorOf(person, {
        ...{ via: "session", signInId: null, tokenId: null, scopes: null, confirmedAt: null, secondFactorAt },
      }),
    }))
    .filter(({ actor }) => actor.standing === "whole");
}

/** Which of these alerts a person may see now. */
export async function visibleAlerts(
  ctx: Pick<Ctx, "db">,
  actor: UserActor,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await ctx.db
    .select({ id: alerts.id })
    .from(alerts)
    .where(and(inArray(alerts.id, [...ids]), visibleTo(actor, alerts.clientId)));
  return new Set(rows.map((row) => row.id));
}
