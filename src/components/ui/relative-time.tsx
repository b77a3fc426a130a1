"use client";

import { formatDistance } from "~/domain/quantity";
import { useNow } from "./now";

/** "12 min ago", with the exact time and zone on hover. `at` null shows `absent`. */
export function RelativeTime({
  at,
  absent = "never",
  className,
}: {
  at: Date | null;
  absent?: string;
  className?: string;
}) {
  const { now, zone } = useNow();
  if (!at) return <span className="text-ink-soft">{absent}</span>;
  return (
    <time dateTime={at.toISOString()} title={exactTime(at, zone)} className={className}>
      {formatDistance(at, now)}
    </time>
  );
}

/** "Mon 23 Nov 2026, 14:02:11 Europe/Berlin"; in UTC until the browser's zone is known. */
export function exactTime(at: Date, zone: string | null): string {
  const text = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone: zone ?? "UTC",
  }).format(at);
  return `${text} ${zone ?? "UTC"}`;
}
