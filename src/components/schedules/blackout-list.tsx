"use client";

import type { Blackout } from "~/domain/schedule";
import { WeekWindows } from "./week-windows";

/** Working hours of working days: what is most often kept free. */
const FIRST: Blackout = { weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" };

/** Times in which nothing begins. */
export function BlackoutList({
  values,
  onChange,
}: {
  values: readonly Blackout[];
  onChange: (blackouts: Blackout[]) => void;
}) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">Never begin</legend>
      <p className="text-[0.8125rem] text-ink-soft">
        What falls into such a time begins at its end. One that runs already is not stopped.
      </p>
      <WeekWindows values={values} onChange={onChange} first={FIRST} />
    </fieldset>
  );
}
