"use client";

import { Split } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "~/components/ui/button";
import { cn } from "~/components/ui/class-names";
import { Notice } from "~/components/ui/notice";
import {
  type BlackoutWindows,
  busiestCell,
  type CalendarCell,
  type CalendarSpan,
  calendarCells,
  hourLoads,
  movedInto,
} from "~/domain/calendar-grid";
import { formatCount } from "~/domain/quantity";
import { useMayOf } from "../system/use-may";
import type { CalendarEntry } from "./calendar-api";
import { CalendarGrid } from "./calendar-grid";
import { CalendarLegend } from "./calendar-legend";
import { CalendarList } from "./calendar-list";
import { EntryDialog } from "./entry-dialog";
import { HourBars } from "./hour-bars";
import { HourDialog } from "./hour-dialog";
import { type Move, MoveDialog } from "./move-dialog";
import { SpreadDialog } from "./spread-dialog";
import { dayName, hourName } from "./wall-time";

type Opened =
  | { kind: "entry"; entry: CalendarEntry }
  | { kind: "hour"; cell: CalendarCell<CalendarEntry> }
  | { kind: "move"; move: Move }
  | { kind: "spread" }
  | null;

/** The load, the runs, and what can be done with them. */
export function CalendarView({
  span,
  today,
  entries,
  windows,
  truncated,
  stale,
}: {
  span: CalendarSpan;
  today: number;
  entries: readonly CalendarEntry[];
  windows: readonly BlackoutWindows[];
  truncated: boolean;
  stale: boolean;
}) {
  const mayMove = useMayOf("manage-plans");
  const [opened, setOpened] = useState<Opened>(null);
  const [dragged, setDragged] = useState<CalendarEntry | null>(null);
  const { zone } = span;
  const cells = useMemo(() => calendarCells(span, entries), [span, entries]);
  const spreadable = useMemo(
    () => plansOf(entries.filter(({ clientId }) => mayMove(clientId))),
    [entries, mayMove],
  );
  const close = () => setOpened(null);
  const openEntry = (entry: CalendarEntry) => setOpened({ kind: "entry", entry });
  const openHour = (cell: CalendarCell<CalendarEntry>) => setOpened({ kind: "hour", cell });
  const busiest = busiestCell(cells);
  // What is open follows what has changed meanwhile, by the person or by somebody else.
  const openedEntry = opened?.kind === "entry" ? (entries.find(sameAs(opened.entry)) ?? opened.entry) : null;
  const openedHour =
    opened?.kind === "hour"
      ? (cells.find(({ day, hour }) => day === opened.cell.day && hour === opened.cell.hour) ?? opened.cell)
      : null;
  return (
    <div className={cn("grid gap-4", stale && "opacity-60")} aria-busy={stale}>
      {truncated ? (
        <Notice tone="warn" title="Only the first 5 000 runs are shown">
          Choose a client or a single day to see all of them.
        </Notice>
      ) : null}
      <div className="grid gap-2 rounded-md border bg-panel p-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p>
            {busiest
              ? `${formatCount(entries.length)} runs; most in one hour: ${formatCount(busiest.entries.length)}, ${dayName(busiest.day)} from ${hourName(busiest.hour)}.`
              : "Nothing begins in these days."}
          </p>
          {spreadable.length > 1 ? (
            <Button size="small" onClick={() => setOpened({ kind: "spread" })}>
              <Split aria-hidden />
              Spread these plans evenly
            </Button>
          ) : null}
        </div>
        <HourBars label="Starts by hour of the day" loads={hourLoads(cells)} />
        <CalendarLegend zone={zone} keptFree={windows.length > 0} />
      </div>
      <CalendarGrid
        span={span}
        cells={cells}
        windows={windows}
        today={today}
        actions={{
          ...{ dragged, mayMove, onOpen: openEntry, onOpenHour: openHour, onDrag: setDragged },
          onDrop: (entry, cell) => {
            setDragged(null);
            setOpened({ kind: "move", move: { entry, to: movedInto(entry.dueAt, cell, zone) } });
          },
        }}
      />
      <CalendarList span={span} cells={cells} today={today} onOpen={openEntry} onOpenHour={openHour} />
      <EntryDialog
        entry={openedEntry}
        zone={zone}
        onMove={(entry) => setOpened({ kind: "move", move: { entry, to: entry.dueAt } })}
        onClose={close}
      />
      <HourDialog cell={openedHour} zone={zone} onOpen={openEntry} onClose={close} />
      <MoveDialog move={opened?.kind === "move" ? opened.move : null} onClose={close} />
      {opened?.kind === "spread" ? <SpreadDialog plans={spreadable} zone={zone} onClose={close} /> : null}
    </div>
  );
}

function sameAs(one: CalendarEntry) {
  return (other: CalendarEntry) =>
    other.scheduleId === one.scheduleId && other.dueAt.getTime() === one.dueAt.getTime();
}

/** Each plan that is planned once, by client and name. */
function plansOf(entries: readonly CalendarEntry[]) {
  const plans = new Map(
    entries
      .filter((entry) => entry.kind === "planned")
      .map((entry) => [
        entry.planId,
        { id: entry.planId, name: entry.planName, clientName: entry.clientName },
      ]),
  );
  return [...plans.values()].sort(
    (a, b) => a.clientName.localeCompare(b.clientName) || a.name.localeCompare(b.name),
  );
}
