"use client";

import { CalendarClock } from "lucide-react";
import { useMemo } from "react";
import { Notice } from "~/components/ui/notice";
import { useNow } from "~/components/ui/now";
import { formatDistance } from "~/domain/quantity";
import type { Schedule } from "~/domain/schedule";
import { sayTiming } from "~/domain/schedule-words";
import { type UpcomingRun, upcomingRuns } from "~/domain/upcoming-runs";

const SHOWN = 5;
const MINUTE_MS = 60_000;

/** What a schedule means, in words and as its next times, reckoned here as the server reckons them. */
export function NextRuns({ schedule, seed }: { schedule: Schedule; seed: string | null }) {
  const { now, zone: here } = useNow();
  const minute = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  const runs = useMemo(
    () => upcomingRuns(schedule, { after: new Date(minute), count: SHOWN, seed }),
    [schedule, seed, minute],
  );
  return (
    <div className="grid gap-2 rounded-md border bg-sunken p-4">
      <p className="flex items-start gap-2 font-medium" aria-live="polite">
        <CalendarClock aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-soft" />
        {upperFirst(sayTiming(schedule))}
      </p>
      {schedule.timing.kind === "available" ? (
        <p className="text-ink-soft">
          It has no fixed times: the machine asks for it when all of this holds.
        </p>
      ) : runs.length === 0 ? (
        <Notice tone="warn" title="This never comes.">
          Choose another time: with this one the plan would not run by itself.
        </Notice>
      ) : (
        <ol aria-label="Next runs" className="grid gap-1">
          {runs.map((run) => (
            <li key={run.dueAt.getTime()} className="flex flex-wrap gap-x-3">
              <span className="min-w-44">{wallTime(run.at ?? run.dueAt, schedule.zone)}</span>
              <span className="text-ink-soft">{noteOf(run, { now, schedule, seed })}</span>
            </li>
          ))}
        </ol>
      )}
      {here !== null && here !== schedule.zone && runs.length > 0 && schedule.timing.kind !== "available" ? (
        <p className="text-[0.8125rem] text-ink-soft">
          Times of {schedule.zone}; the first one is {wallTime(runs[0]?.at ?? new Date(minute), here)} in{" "}
          {here}.
        </p>
      ) : null}
    </div>
  );
}

function noteOf(run: UpcomingRun, given: { now: Date; schedule: Schedule; seed: string | null }): string {
  if (run.at === null) return "is left out: no time is free before its deadline";
  const distance = formatDistance(run.at, given.now);
  if (run.moved)
    return `${distance}, moved from ${wallTime(run.dueAt, given.schedule.zone)} to the end of a window`;
  if (given.seed === null && given.schedule.spreadMinutes > 0)
    return `${distance}, or up to ${given.schedule.spreadMinutes} min later`;
  return distance;
}

/** "Tue 24 Nov, 02:00" on the wall clock of a zone. */
function wallTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
    timeZone,
  }).format(at);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
