"use client";

import { cn } from "./class-names";

/** One of a few that exclude each other, side by side. `legend` names them to who does not see them. */
export function SegmentedFilter<Value extends string | null>({
  legend,
  choices,
  value,
  onChange,
}: {
  legend: string;
  choices: readonly { value: Value; label: string }[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <fieldset className="inline-flex w-fit rounded-md border bg-panel p-0.5">
      <legend className="sr-only">{legend}</legend>
      {choices.map(({ value: own, label }) => (
        <button
          key={label}
          type="button"
          aria-pressed={own === value}
          onClick={() => onChange(own)}
          className={cn(
            "h-7 rounded-sm px-2.5 text-ink-soft hover:text-ink sm:px-3",
            own === value && "bg-accent-wash font-medium text-accent hover:text-accent",
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
