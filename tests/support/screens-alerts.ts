import { asc, eq, isNull } from "drizzle-orm";
import { acknowledgeAlerts } from "~/server/alerts/acknowledge-alerts";
import { saveChannel } from "~/server/alerts/channels";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { alertChannels, alertDeliveries, alerts } from "~/server/db/schema/alerts";
import { plans } from "~/server/db/schema/plans";

/** Two channels, one of which fails, what is really wrong in the fleet, and something that was. Gives an open alert back. */
export async function seedAlerts(ctx: Ctx, given: { clientId: string; planId: string }): Promise<string> {
  const objectives = { rpoHours: 24, restoreProvenDays: 30, offsiteHours: null };
  await ctx.db.update(plans).set({ objectives }).where(eq(plans.id, given.planId));
  const channel = { to: [], chat: "", everyMinutes: 5, enabled: true, planId: null, name: "Night shift" };
  const { id: failing } = await saveChannel(ctx, {
    ...{ ...channel, kind: "ntfy", minSeverity: "serious", url: "https://ntfy.example.org/backups" },
  });
  const lastProblem = "ntfy.example.org does not answer: nothing listens there.";
  await ctx.db.update(alertChannels).set({ lastProblem }).where(eq(alertChannels.id, failing));
  const { id: working } = await saveChannel(ctx, {
    ...{ ...channel, kind: "mail", name: "Admins", to: ["ada@example.org"], minSeverity: "warning" },
  });
  const sentAt = new Date(ctx.now.getTime() - 7_200_000);
  await ctx.db.update(alertChannels).set({ lastSentAt: sentAt }).where(eq(alertChannels.id, working));
  await seedPast(ctx, given.clientId);
  await lookForTrouble({ ...ctx, actor: { kind: "worker" } });
  await ctx.db.update(alertDeliveries).set({ state: "sent", endedAt: ctx.now, attempts: 1 });
  const open = await ctx.db
    .select({ id: alerts.id })
    .from(alerts)
    .where(isNull(alerts.resolvedAt))
    .orderBy(asc(alerts.key));
  const [first, second] = open;
  if (!first) throw new Error("nothing is wrong in the fleet");
  if (second && ctx.actor.kind === "user")
    await acknowledgeAlerts({ ...ctx, actor: ctx.actor }, { ids: [second.id] });
  return first.id;
}

async function seedPast(ctx: Ctx, clientId: string): Promise<void> {
  const ago = (hours: number) => new Date(ctx.now.getTime() - hours * 3_600_000);
  await ctx.db.insert(alerts).values({
    ...{
      id: newId(),
      key: `client-silent ${clientId}`,
      kind: "client-silent",
      severity: "warning",
      clientId,
    },
    title: "web-01 is silent, and a backup is due",
    say: "Its agent was last heard of a day before. Is the machine on, and does its agent run?",
    ...{ openedAt: ago(60), lastSeenAt: ago(50), resolvedAt: ago(49), times: 3 },
  });
}
