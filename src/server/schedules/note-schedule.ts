import type { Schedule } from "~/domain/schedule";
import { sayTiming } from "~/domain/schedule-words";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { type ScheduleTarget, sayPurpose } from "./schedule-target";

/** A schedule that was set, changed or (null) taken away. */
export interface ScheduleChange {
  target: ScheduleTarget;
  /** What the person knows the thing by. */
  name: string;
  before: Schedule | null;
  schedule: Schedule | null;
}

/** Journals a change of a schedule; call it last, after every row lock. */
export async function noteSchedule(ctx: Ctx, change: ScheduleChange | null): Promise<void> {
  if (!change) return;
  const { target, schedule } = change;
  const what = `${sayPurpose(target.purpose)} of ${change.name}`;
  const { clientId, ...ofThing } = target;
  await appendEntry(ctx, {
    action: "schedule.changed",
    say: schedule ? `Scheduled the ${what}: ${sayTiming(schedule)}.` : `Took the schedule from the ${what}.`,
    clientId,
    repositoryId: target.purpose === "backup" ? null : target.repositoryId,
    detail: { ...ofThing, before: change.before, after: schedule },
  });
}
