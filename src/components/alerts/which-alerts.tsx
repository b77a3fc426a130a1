"use client";

import { cn } from "~/components/ui/class-names";
import { useFilters } from "~/components/ui/filter-bar";
import { WHICH_CHOICES } from "./alert-list-input";

/** Open or past; the other filters stay. Stands in the address, and what is open needs no word there. */
export function WhichAlerts() {
  const [{ which }, setFilters] = useFilters(["which"]);
  const shown = WHICH_CHOICES.find((choice) => choice.value === which) ?? WHICH_CHOICES[0];
  return (
    <fieldset className="-mx-4 overflow-x-auto border-b px-4 sm:-mx-6 sm:px-6">
      <legend className="sr-only">Which alerts</legend>
      <div className="flex gap-1">
        {WHICH_CHOICES.map((choice) => (
          <button
            key={choice.value}
            type="button"
            aria-pressed={choice === shown}
            onClick={() => void setFilters({ which: choice.value === "open" ? null : choice.value })}
            className={cn(
              "-mb-px whitespace-nowrap border-b-2 px-3 py-2",
              choice === shown
                ? "border-accent font-medium text-ink"
                : "border-transparent text-ink-soft hover:text-ink",
            )}
          >
            {choice.label}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
