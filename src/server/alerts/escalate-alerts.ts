import { and, inArray, isNull, lte } from "drizzle-orm";
import { LOUD_SEVERITIES } from "~/domain/alert";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { alerts } from "../db/schema/alerts";
import { readSetting } from "../settings/read-setting";
import { queueAlertDeliveries } from "./queue-deliveries";

/**
 * Tells serious and critical alerts that nobody has acknowledged for the hours of the setting once more, to every channel; once each. Zero
 * hours: never.
 */
export async function escalateAlerts(ctx: Ctx): Promise<{ escalated: number }> {
  const { escalateHours } = await readSetting(ctx, "alerts");
  if (escalateHours === 0) return { escalated: 0 };
  const openSince = new Date(ctx.now.getTime() - escalateHours * 3_600_000);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const due = tx
      .select({ id: alerts.id })
      .from(alerts)
      .where(
        and(
          isNull(alerts.resolvedAt),
          isNull(alerts.acknowledgedAt),
          isNull(alerts.escalatedAt),
          inArray(alerts.severity, [...LOUD_SEVERITIES]),
          lte(alerts.openedAt, openSince),
        ),
      )
      .orderBy(alerts.openedAt)
      .limit(200)
      .for("update", { skipLocked: true });
    const escalated = await tx
      .update(alerts)
      .set({ escalatedAt: ctx.now })
      .where(inArray(alerts.id, due))
      .returning();
    await queueAlertDeliveries(inTx, "escalated", escalated);
    if (escalated.length > 0) await announce(tx, { entity: "alert", id: "*", clientId: null });
    return { escalated: escalated.length };
  });
}
