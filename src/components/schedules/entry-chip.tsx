"use client";

import type { DragEvent } from "react";
import { cn } from "~/components/ui/class-names";
import type { CalendarEntry } from "./calendar-api";
import { ENTRY_LOOKS, entryState } from "./entry-look";
import { timeIn } from "./wall-time";

/** One run in the calendar. Opens what there is to know and to do; what is still to come can be dragged to another hour. */
export function EntryChip({
  entry,
  zone,
  onOpen,
  onDrag,
}: {
  entry: CalendarEntry;
  zone: string;
  onOpen: (entry: CalendarEntry) => void;
  /** Absent: it cannot be moved. Null: no longer dragged. */
  onDrag?: ((entry: CalendarEntry | null) => void) | undefined;
}) {
  const state = entryState(entry);
  const look = ENTRY_LOOKS[state];
  const movable = onDrag !== undefined && entry.kind === "planned";
  return (
    <button
      type="button"
      draggable={movable}
      onDragStart={(event: DragEvent) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", entry.planName);
        onDrag?.(entry);
      }}
      onDragEnd={() => onDrag?.(null)}
      onClick={() => onOpen(entry)}
      title={[
        `${timeIn(entry.at, zone)} ${entry.clientName}, ${entry.planName}: ${look.word}`,
        ...(entry.reason ? [entry.reason.say] : []),
      ].join("\n")}
      className={cn(
        "flex w-full min-w-0 items-center gap-1 rounded-sm border px-1.5 py-0.5 text-left max-md:py-1.5 text-[0.75rem] leading-4",
        look.style,
        movable && "cursor-grab!",
        state === "paused" && "border-dashed",
      )}
    >
      <look.icon aria-hidden className="size-3 shrink-0" />
      <span className="shrink-0">{timeIn(entry.at, zone)}</span>
      <span className="truncate">
        <span className="font-medium">{entry.clientName}</span> {entry.planName}
      </span>
      <span className="sr-only">{look.word}</span>
    </button>
  );
}
