"use client";

import { useNow } from "./now";
import { exactTime } from "./relative-time";

/** The time of day, with the day when it is not today: "01:59", "Sun 22 Nov, 01:59". Exact with zone on hover. For sentences. */
export function ShortTime({ at, className }: { at: Date; className?: string }) {
  const { now, zone } = useNow();
  const timeZone = zone ?? "UTC";
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone,
  });
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const today = day.format(at) === day.format(now);
  return (
    <time
      dateTime={at.toISOString()}
      title={exactTime(at, zone)}
      className={className ?? "whitespace-nowrap"}
    >
      {today ? time.format(at) : `${day.format(at)}, ${time.format(at)}`}
    </time>
  );
}
