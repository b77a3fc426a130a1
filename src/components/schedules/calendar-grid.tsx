"use client";

import { Fragment, useMemo } from "react";
import { cn } from "~/components/ui/class-names";
import {
  type BlackoutWindows,
  blackedOut,
  type CalendarSpan,
  type CalendarCell as Cell,
} from "~/domain/calendar-grid";
import type { CalendarEntry } from "./calendar-api";
import { CalendarCell, type CellActions } from "./calendar-cell";
import { dayName, hourName } from "./wall-time";

/** Runs shown one by one in an hour: a week has narrow columns, a day has one wide one. */
const ROOM = { week: 3, day: 12 } as const;

/** Hours down, days across, from a tablet's width on. */
export function CalendarGrid({
  span,
  cells,
  windows,
  today,
  actions,
}: {
  span: CalendarSpan;
  cells: readonly Cell<CalendarEntry>[];
  windows: readonly BlackoutWindows[];
  /** The day that it is now. */
  today: number;
  actions: CellActions;
}) {
  const week = span.days.length > 1;
  const keptFree = useMemo(
    () => cells.map((cell) => blackedOut(windows, cell, span.zone)),
    [cells, windows, span.zone],
  );
  return (
    <div
      className={cn(
        "hidden rounded-md border bg-panel md:grid",
        week ? "grid-cols-[3.5rem_repeat(7,minmax(0,1fr))]" : "grid-cols-[3.5rem_minmax(0,1fr)]",
      )}
    >
      <div />
      {span.days.map((day) => (
        <div
          key={day}
          className={cn("truncate border-l px-2 py-1.5 font-medium", day === today && "text-accent")}
          aria-current={day === today ? "date" : undefined}
        >
          {dayName(day)}
          {day === today ? <span className="font-normal"> · today</span> : null}
        </div>
      ))}
      {Array.from({ length: 24 }, (_, hour) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its hour.
        <Fragment key={hour}>
          <div className="border-t px-2 py-1 text-right text-[0.75rem] text-ink-soft">{hourName(hour)}</div>
          {span.days.map((day, at) => {
            const cell = cells[at * 24 + hour];
            return cell ? (
              <CalendarCell
                key={day}
                cell={cell}
                zone={span.zone}
                room={week ? ROOM.week : ROOM.day}
                keptFreeBy={keptFree[at * 24 + hour] ?? 0}
                actions={actions}
              />
            ) : null;
          })}
        </Fragment>
      ))}
    </div>
  );
}
