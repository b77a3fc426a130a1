"use client";

import { Radio } from "@base-ui/react/radio";
import { RadioGroup as Base } from "@base-ui/react/radio-group";
import { type ReactNode, useId } from "react";
import { cn } from "./class-names";

export interface RadioChoice<Value extends string> {
  value: Value;
  label: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
}

/** One of a few that all deserve to be read. `label` names the group. `columns`: side by side where there is room, for short ones. */
export function RadioGroup<Value extends string>({
  label,
  columns = false,
  choices,
  value,
  onChange,
}: {
  label: string;
  columns?: boolean;
  choices: readonly RadioChoice<Value>[];
  value: Value | null;
  onChange: (value: Value) => void;
}) {
  const id = useId();
  return (
    <Base
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      className={cn("grid gap-2", columns && "md:auto-cols-fr md:grid-flow-col")}
    >
      {choices.map((choice) => (
        <label
          key={choice.value}
          htmlFor={`${id}-${choice.value}`}
          className={cn(
            "flex items-start gap-3 rounded-md border border-line bg-panel p-3 has-[[data-checked]]:border-accent has-[[data-checked]]:bg-accent-wash",
            choice.disabled && "opacity-60",
          )}
        >
          <Radio.Root
            id={`${id}-${choice.value}`}
            value={choice.value}
            disabled={choice.disabled}
            className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-panel data-[checked]:border-accent"
          >
            <Radio.Indicator className="size-2 rounded-full bg-accent" />
          </Radio.Root>
          <span className="grid gap-0.5">
            <span className="font-medium">{choice.label}</span>
            {choice.hint ? <span className="text-[0.8125rem] text-ink-soft">{choice.hint}</span> : null}
          </span>
        </label>
      ))}
    </Base>
  );
}
