"use client";

import { cn } from "~/components/ui/class-names";
import { WEEKDAY_NAMES } from "~/domain/weekday-words";

/** Days of the week as seven buttons that stay pressed. The last one cannot be taken away. */
export function WeekdayPicker({
  label,
  values,
  onChange,
}: {
  label: string;
  /** 1 Monday to 7 Sunday. */
  values: readonly number[];
  onChange: (weekdays: number[]) => void;
}) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className="flex flex-wrap gap-1">
        {WEEKDAY_NAMES.map((name, index) => {
          const day = index + 1;
          const on = values.includes(day);
          return (
            <button
              key={name}
              type="button"
              aria-pressed={on}
              disabled={on && values.length === 1}
              className={cn(
                "h-8 min-w-11 rounded-md border px-2",
                on ? "border-accent bg-accent-wash font-medium text-accent" : "bg-panel hover:bg-hover",
              )}
              onClick={() =>
                onChange(on ? values.filter((one) => one !== day) : [...values, day].sort((a, b) => a - b))
              }
            >
              {name}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
