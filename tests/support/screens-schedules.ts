import { eq } from "drizzle-orm";
import { nextRuns } from "~/domain/next-run";
import type { Schedule, Timing } from "~/domain/schedule";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { scheduleRuns, schedules } from "~/server/db/schema/schedules";
import { pauseSchedule } from "~/server/schedules/pause-schedule";
import { saveSchedule } from "~/server/schedules/save-schedule";
import type { SeededPlan } from "./screens-history";

const DAY_MS = 86_400_000;
const PAST_DAYS = 7;
const OFFICE = { weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" };

const base: Omit<Schedule, "timing"> = {
  ...{ zone: "Europe/Berlin", spreadMinutes: 0, blackouts: [], startWithinMinutes: null },
};

/** What the plans run by, in their order: most in one hour of the night, as it is before anybody has spread them. */
const SCHEDULES: readonly (Omit<Schedule, "timing" | "zone"> & { timing: Timing; zone: string })[] = [
  { ...base, timing: { kind: "daily", times: ["02:00"] }, blackouts: [OFFICE] },
  { ...base, timing: { kind: "daily", times: ["02:15", "14:15"] } },
  { ...base, timing: { kind: "weekly", weekdays: [1, 2, 3, 4, 5], times: ["02:30"] } },
  { ...base, timing: { kind: "daily", times: ["02:45"] }, startWithinMinutes: 120 },
  { ...base, timing: { kind: "hours", every: 6, minute: 10 } },
];

/** Schedules of the plans, the third one paused, with a week of what became of their times: some were skipped. */
export async function seedSchedules(ctx: Ctx, plans: readonly SeededPlan[]): Promise<void> {
  for (const [index, plan] of plans.entries()) {
    const schedule = SCHEDULES[index % SCHEDULES.length];
    if (!schedule) continue;
    const { clientId, planId } = plan;
    const target = { purpose: "backup", clientId, planId } as const;
    await saveSchedule(ctx, target, { schedule, name: plan.name });
    await seedPast(ctx, plan, schedule, index);
    if (index === 2) await pauseSchedule(ctx, target, plan.name);
  }
}

async function seedPast(ctx: Ctx, plan: SeededPlan, schedule: Schedule, index: number): Promise<void> {
  const [row] = await ctx.db
    .select({ id: schedules.id })
    .from(schedules)
    .where(eq(schedules.planId, plan.planId));
  if (!row) throw new Error(`${plan.name} has no schedule`);
  const from = new Date(ctx.now.getTime() - PAST_DAYS * DAY_MS);
  const due = nextRuns(schedule, from, 60).filter((at) => at < ctx.now);
  if (due.length === 0) return;
  await ctx.db.insert(scheduleRuns).values(
    due.map((dueAt, n) => {
      const skipped = (n + index) % 5 === 3;
      return {
        ...{ scheduleId: row.id, dueAt, clientId: plan.clientId, decidedAt: dueAt },
        ...(skipped
          ? {
              outcome: "skipped" as const,
              reason: { code: "away", say: `${plan.clientName} was away until its deadline was over.` },
            }
          : { outcome: "queued" as const, runId: newId() }),
      };
    }),
  );
}
