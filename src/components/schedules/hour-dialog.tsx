"use client";

import { Dialog } from "~/components/ui/dialog";
import type { CalendarCell } from "~/domain/calendar-grid";
import type { CalendarEntry } from "./calendar-api";
import { EntryChip } from "./entry-chip";
import { dayName, hourName } from "./wall-time";

/** Runs listed; more are in the Jobs page and in the day's other filters. */
const MOST = 500;

/** All runs of one hour that is too full for the grid. */
export function HourDialog({
  cell,
  zone,
  onOpen,
  onClose,
}: {
  cell: CalendarCell<CalendarEntry> | null;
  zone: string;
  onOpen: (entry: CalendarEntry) => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={cell !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={cell ? `${cell.entries.length} runs, ${dayName(cell.day)} from ${hourName(cell.hour)}` : ""}
    >
      <div className="grid gap-1">
        {cell?.entries.slice(0, MOST).map((entry) => (
          <EntryChip
            key={`${entry.scheduleId}-${entry.dueAt.getTime()}`}
            entry={entry}
            zone={zone}
            onOpen={onOpen}
          />
        ))}
        {cell && cell.entries.length > MOST ? (
          <p className="text-ink-soft">The first {MOST}; choose a client to see fewer.</p>
        ) : null}
      </div>
    </Dialog>
  );
}
