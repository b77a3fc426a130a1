"use client";

import type { CalendarCell, CalendarSpan } from "~/domain/calendar-grid";
import type { CalendarEntry } from "./calendar-api";
import { HourCount } from "./calendar-cell";
import { EntryChip } from "./entry-chip";
import { dayName, hourName } from "./wall-time";

/** Runs of an hour shown one by one. */
const ROOM = 4;

/** The same as a list by day, for a phone's width. Hours without runs are left out. */
export function CalendarList({
  span,
  cells,
  today,
  onOpen,
  onOpenHour,
}: {
  span: CalendarSpan;
  cells: readonly CalendarCell<CalendarEntry>[];
  today: number;
  onOpen: (entry: CalendarEntry) => void;
  onOpenHour: (cell: CalendarCell<CalendarEntry>) => void;
}) {
  return (
    <div className="grid gap-4 md:hidden">
      {span.days.map((day, at) => {
        const hours = cells.slice(at * 24, at * 24 + 24).filter((cell) => cell.entries.length > 0);
        return (
          <section key={day} aria-label={dayName(day)} className="grid gap-1.5">
            <h2 className="font-semibold">
              {dayName(day)}
              {day === today ? <span className="font-normal text-accent"> · today</span> : null}
            </h2>
            {hours.length === 0 ? <p className="text-ink-soft">Nothing begins.</p> : null}
            {hours.map((cell) => (
              <div key={cell.hour} className="grid grid-cols-[3rem_minmax(0,1fr)] gap-2">
                <span className="pt-0.5 text-[0.8125rem] text-ink-soft">{hourName(cell.hour)}</span>
                <div className="grid gap-1">
                  {cell.entries.length > ROOM ? (
                    <HourCount cell={cell} onOpen={() => onOpenHour(cell)} />
                  ) : (
                    cell.entries.map((entry) => (
                      <EntryChip
                        key={`${entry.scheduleId}-${entry.dueAt.getTime()}`}
                        entry={entry}
                        zone={span.zone}
                        onOpen={onOpen}
                      />
                    ))
                  )}
                </div>
              </div>
            ))}
          </section>
        );
      })}
    </div>
  );
}
