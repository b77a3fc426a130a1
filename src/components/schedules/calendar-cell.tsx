"use client";

import { useState } from "react";
import { cn } from "~/components/ui/class-names";
import type { CalendarCell as Cell } from "~/domain/calendar-grid";
import { formatCount } from "~/domain/quantity";
import type { CalendarEntry } from "./calendar-api";
import { EntryChip } from "./entry-chip";
import { ENTRY_LOOKS, ENTRY_STATES, entryState } from "./entry-look";
import { dayName, hourName } from "./wall-time";

export interface CellActions {
  onOpen: (entry: CalendarEntry) => void;
  onOpenHour: (cell: Cell<CalendarEntry>) => void;
  /** The run that is being dragged. */
  dragged: CalendarEntry | null;
  onDrag: (entry: CalendarEntry | null) => void;
  onDrop: (entry: CalendarEntry, cell: { day: number; hour: number }) => void;
  mayMove: (clientId: string) => boolean;
}

/** One hour of one day. More runs than have room are one button with their number. */
export function CalendarCell({
  cell,
  zone,
  room,
  keptFreeBy,
  actions,
}: {
  cell: Cell<CalendarEntry>;
  zone: string;
  /** Runs that are shown one by one. */
  room: number;
  /** Plans that never begin in this hour. */
  keptFreeBy: number;
  actions: CellActions;
}) {
  const [over, setOver] = useState(false);
  const { dragged } = actions;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop on; by keyboard each run has a dialog that moves it.
    <div
      data-cell={`${cell.day}-${cell.hour}`}
      title={
        keptFreeBy > 0
          ? `${keptFreeBy === 1 ? "One plan never begins" : `${keptFreeBy} plans never begin`} here`
          : undefined
      }
      className={cn(
        "grid min-h-8 min-w-0 content-start gap-0.5 border-t border-l p-0.5",
        keptFreeBy > 0 && "kept-free",
        over && "bg-accent-wash outline-2 outline-accent -outline-offset-2",
      )}
      onDragOver={(event) => {
        if (!dragged) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "move";
        if (!over) setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (dragged) actions.onDrop(dragged, cell);
      }}
    >
      {cell.entries.length > room ? (
        <HourCount cell={cell} onOpen={() => actions.onOpenHour(cell)} />
      ) : (
        cell.entries.map((entry) => (
          <EntryChip
            key={`${entry.scheduleId}-${entry.dueAt.getTime()}`}
            entry={entry}
            zone={zone}
            onOpen={actions.onOpen}
            onDrag={actions.mayMove(entry.clientId) ? actions.onDrag : undefined}
          />
        ))
      )}
    </div>
  );
}

/** "41 runs", with a stripe of what they are. */
export function HourCount({ cell, onOpen }: { cell: Cell<CalendarEntry>; onOpen: () => void }) {
  const parts = ENTRY_STATES.map((state) => ({
    state,
    count: cell.entries.filter((entry) => entryState(entry) === state).length,
  })).filter(({ count }) => count > 0);
  return (
    <button
      type="button"
      onClick={onOpen}
      title={parts.map(({ state, count }) => `${formatCount(count)} ${ENTRY_LOOKS[state].word}`).join(", ")}
      className="grid w-full gap-1 rounded-sm border bg-panel px-1.5 py-1 text-left text-[0.75rem] leading-4 hover:bg-hover"
    >
      <span>
        <strong className="font-semibold">{formatCount(cell.entries.length)}</strong> runs
        <span className="sr-only">
          {" "}
          at {hourName(cell.hour)} on {dayName(cell.day)}
        </span>
      </span>
      <span aria-hidden className="flex h-1 gap-px">
        {parts.map(({ state, count }) => (
          <span
            key={state}
            className={cn("rounded-[1px]", ENTRY_LOOKS[state].fill)}
            style={{ flexGrow: count }}
          />
        ))}
      </span>
    </button>
  );
}
