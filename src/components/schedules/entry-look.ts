import { Ban, CalendarClock, type LucideIcon, Pause, Play } from "lucide-react";
import type { CalendarEntry } from "./calendar-api";

export type EntryState = "planned" | "queued" | "skipped" | "paused";

/**
 * A paused plan's times to come are shown, so that one sees what does not happen; so is one that will be skipped, because its blackouts leave
 * it no time.
 */
export function entryState({
  kind,
  paused,
  reason,
}: Pick<CalendarEntry, "kind" | "paused" | "reason">): EntryState {
  if (kind !== "planned") return kind;
  if (paused) return "paused";
  return reason ? "skipped" : "planned";
}

/** How each state looks: always with an icon and a word. */
export const ENTRY_LOOKS: Record<
  EntryState,
  { word: string; icon: LucideIcon; style: string; fill: string }
> = {
  planned: {
    word: "planned",
    icon: CalendarClock,
    style: "border-accent/40 bg-accent-wash text-accent",
    fill: "bg-accent",
  },
  queued: { word: "started", icon: Play, style: "border-ok/40 bg-ok-wash text-ok", fill: "bg-ok-fill" },
  skipped: {
    word: "skipped",
    icon: Ban,
    style: "border-warn/40 bg-warn-wash text-warn",
    fill: "bg-warn-fill",
  },
  paused: {
    word: "paused",
    icon: Pause,
    style: "border-line-strong/40 bg-idle-wash text-idle",
    fill: "bg-idle-fill",
  },
};

export const ENTRY_STATES = [
  "planned",
  "queued",
  "skipped",
  "paused",
] as const satisfies readonly EntryState[];
