"use client";

import type { KeyboardEvent } from "react";
import { EmptyState } from "~/components/ui/empty-state";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import type { Overview } from "../system/api";
import { DayCell, type DayState } from "./day-cell";

type GridRow = Overview["grid"][number];

/** One square per client and day, the last 30 days. Each opens its day's job. Arrow keys move within the grid. */
export function FleetGrid({ rows, clients }: { rows: readonly GridRow[]; clients: number }) {
  const days = rows[0]?.days ?? [];
  return (
    <Section title="Last 30 days" action={<Legend />}>
      {rows.length === 0 ? (
        <EmptyState title="Squares appear here once a client is enrolled." />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are added to links that work without them.
        <div className="grid gap-1.5 rounded-md border bg-panel p-3 sm:p-4" onKeyDown={moveFocus}>
          {rows.map((row) => (
            <div
              key={row.clientId}
              className="grid items-center gap-x-4 gap-y-1 [content-visibility:auto] [contain-intrinsic-size:auto_20px] sm:grid-cols-[9rem_minmax(0,1fr)]"
            >
              <TextLink
                href={`/clients/${row.clientId}`}
                title={row.clientName}
                className="truncate text-ink"
              >
                {row.clientName}
              </TextLink>
              <ul
                aria-label={summary(row)}
                className="grid grid-cols-[repeat(30,minmax(0,1fr))] gap-0.5 sm:gap-1"
                data-grid-row
              >
                {row.days.map((day, index) => (
                  <DayCell
                    key={day.day}
                    {...day}
                    clientName={row.clientName}
                    entry={index === row.days.length - 1}
                  />
                ))}
              </ul>
            </div>
          ))}
          <div className="flex justify-between text-[0.75rem] text-ink-soft sm:pl-40">
            <span>{days[0] ? shortDay(days[0].day) : null}</span>
            <span>today (UTC)</span>
          </div>
          {clients > rows.length ? (
            <p className="text-[0.8125rem] text-ink-soft">
              The first {rows.length} of {clients} clients.{" "}
              <TextLink inline href="/clients">
                See them all
              </TextLink>
            </p>
          ) : null}
        </div>
      )}
    </Section>
  );
}

function Legend() {
  const states: readonly (readonly [DayState, string])[] = [
    ["ok", "backed up"],
    ["warned", "with warnings"],
    ["failed", "failed"],
    ["none", "no backup"],
  ];
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 text-[0.75rem] text-ink-soft" aria-label="Legend">
      {states.map(([state, word]) => (
        <li key={state} className="flex items-center gap-1.5">
          <span className="w-3">
            <DayCell day="" state={state} jobId={null} clientName="" entry={false} bare />
          </span>
          {word}
        </li>
      ))}
    </ul>
  );
}

function summary(row: GridRow): string {
  const count = (state: DayState) => row.days.filter((day) => day.state === state).length;
  return `${row.clientName}: ${count("ok")} days backed up, ${count("warned")} with warnings, ${count("failed")} failed, ${count("none")} without`;
}

/** "24 Oct" of an ISO day. */
function shortDay(day: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const steps: Record<string, [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  const step = steps[event.key];
  const from = event.target;
  if (!step || !(from instanceof HTMLElement) || !from.matches("[data-day]")) return;
  const grid = [...event.currentTarget.querySelectorAll("[data-grid-row]")].map((row) => [
    ...row.querySelectorAll<HTMLElement>("[data-day]"),
  ]);
  const y = grid.findIndex((row) => row.includes(from));
  const x = grid[y]?.indexOf(from) ?? 0;
  const next = grid[y + step[0]]?.[x + step[1]];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
