"use client";

import { useFilters } from "./filter-bar";
import { Input } from "./input";

/** A filter from which day to which, both included, as `from` and `to` in the URL; days of the reader's own zone (`startOfDay`). */
export function DayRange() {
  const [{ from, to }, set] = useFilters(["from", "to"]);
  return (
    <div className="flex items-center gap-2 text-ink-soft">
      <Input
        type="date"
        aria-label="From day"
        className="w-auto"
        value={from ?? ""}
        {...(to ? { max: to } : {})}
        onChange={(event) => set({ from: event.target.value || null })}
      />
      to
      <Input
        type="date"
        aria-label="To day"
        className="w-auto"
        value={to ?? ""}
        {...(from ? { min: from } : {})}
        onChange={(event) => set({ to: event.target.value || null })}
      />
    </div>
  );
}
