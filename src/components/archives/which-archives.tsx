"use client";

import { cn } from "~/components/ui/class-names";
import { useFilters } from "~/components/ui/filter-bar";

/** Switches the list between what is kept and what is in the trash; the other filters stay. */
export function WhichArchives() {
  const [{ trashed }, setFilters] = useFilters(["trashed"]);
  const choices = [
    { label: "Kept", value: null },
    { label: "Trash", value: "yes" },
  ];
  return (
    <fieldset className="inline-flex w-fit rounded-md border bg-panel p-0.5">
      <legend className="sr-only">Which archives</legend>
      {choices.map(({ label, value }) => {
        const chosen = (trashed === "yes") === (value === "yes");
        return (
          <button
            key={label}
            type="button"
            aria-pressed={chosen}
            onClick={() => void setFilters({ trashed: value })}
            className={cn(
              "h-7 rounded-sm px-3 text-ink-soft hover:text-ink",
              chosen && "bg-accent-wash font-medium text-accent hover:text-accent",
            )}
          >
            {label}
          </button>
        );
      })}
    </fieldset>
  );
}
