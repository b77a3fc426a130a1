"use client";

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import { cn } from "./class-names";
import { inputStyle } from "./input";

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** A second, quieter line. */
  detail?: string;
  disabled?: boolean;
}

/** One of a few. `value` null: nothing chosen yet, `placeholder` is shown. */
export function Select<Value extends string>({
  choices,
  value,
  onChange,
  placeholder,
  className,
  name,
  disabled,
  ...aria
}: {
  choices: readonly Choice<Value>[];
  value: Value | null;
  onChange: (value: Value) => void;
  placeholder?: string;
  className?: string;
  name?: string;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}) {
  return (
    <Base.Root
      items={choices.map(({ value: item, label }) => ({ value: item, label }))}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      name={name}
      disabled={disabled}
    >
      <Base.Trigger
        className={cn(
          inputStyle,
          "flex h-8 items-center justify-between gap-2 text-left data-[disabled]:opacity-50",
          className,
        )}
        {...aria}
      >
        <Base.Value className="truncate">
          {(chosen: Value | null) =>
            choices.find((choice) => choice.value === chosen)?.label ?? (
              <span className="text-ink-soft">{placeholder ?? "Choose"}</span>
            )
          }
        </Base.Value>
        <Base.Icon>
          <ChevronsUpDown aria-hidden className="size-4 text-ink-soft" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-50" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="max-h-80 min-w-[var(--anchor-width)] max-w-[90vw] overflow-auto rounded-md border border-line-strong bg-raised p-1">
            <Base.List>
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  disabled={choice.disabled}
                  className="flex cursor-default select-none items-start gap-2 rounded-sm px-2 py-1.5 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover"
                >
                  <span className="mt-0.5 size-4 shrink-0">
                    <Base.ItemIndicator>
                      <Check aria-hidden className="size-4" />
                    </Base.ItemIndicator>
                  </span>
                  <span className="grid">
                    <Base.ItemText>{choice.label}</Base.ItemText>
                    {choice.detail ? (
                      <span className="text-[0.8125rem] text-ink-soft">{choice.detail}</span>
                    ) : null}
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
