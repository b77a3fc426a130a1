import { and, asc, inArray, isNull } from "drizzle-orm";
import type { UserActor } from "~/domain/permission";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { alerts } from "../db/schema/alerts";
import { visibleTo } from "../db/visible-to";
import { appendEntry } from "../journal/append-entry";

/**
 * Says that somebody looks after these alerts: they are not told once more. For whoever may make backups of the client; what is about no
 * client is an admin's. Ids of other alerts, of none, and of those that are acknowledged or right again change nothing; what comes back counts
 * those that changed.
 */
export async function acknowledgeAlerts(
  ctx: Ctx & { actor: UserActor },
  input: { ids: readonly string[] },
): Promise<{ acknowledged: number }> {
  if (input.ids.length === 0) return { acknowledged: 0 };
  return ctx.db.transaction(async (tx) => {
    const changed = await tx
      .update(alerts)
      .set({ acknowledgedAt: ctx.now, acknowledgedBy: ctx.actor.userId })
      .where(
        inArray(
          alerts.id,
          tx
            .select({ id: alerts.id })
            .from(alerts)
            .where(
              and(
                inArray(alerts.id, [...input.ids]),
                isNull(alerts.acknowledgedAt),
                isNull(alerts.resolvedAt),
                visibleTo(ctx.actor, alerts.clientId, "backup"),
              ),
            )
            .orderBy(asc(alerts.id))
            .for("update"),
        ),
      )
      .returning({ id: alerts.id, title: alerts.title, clientId: alerts.clientId });
    const [first] = changed;
    if (!first) return { acknowledged: 0 };
    for (const { id, clientId } of changed) await announce(tx, { entity: "alert", id, clientId });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "alert.acknowledged",
        say:
          changed.length === 1
            ? `Acknowledged an alert: ${first.title}.`
            : `Acknowledged ${changed.length} alerts, ${first.title} and others.`,
        clientId: changed.length === 1 ? first.clientId : null,
        detail: { alerts: changed.slice(0, 100).map(({ id, title }) => ({ id, title })) },
      },
    );
    return { acknowledged: changed.length };
  });
}
