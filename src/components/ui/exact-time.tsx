"use client";

import { useNow } from "./now";
import { exactTime } from "./relative-time";

/** The exact instant with its zone, for timelines and tables where the distance does not matter. */
export function ExactTime({ at, absent = "-" }: { at: Date | null; absent?: string }) {
  const { zone } = useNow();
  if (!at) return <span className="text-ink-soft">{absent}</span>;
  return <time dateTime={at.toISOString()}>{exactTime(at, zone)}</time>;
}
