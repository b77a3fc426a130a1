"use client";

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import { cn } from "./class-names";
import { boxStyle, type SelectProps } from "./select-props";

/** The list to choose from, opened as soon as it is there; ~/components/ui/select loads it. */
export function SelectBox<Value extends string>({
  choices,
  value,
  onChange,
  placeholder,
  className,
  name,
  disabled,
  ...aria
}: SelectProps<Value>) {
  return (
    <Base.Root
      items={choices.map(({ value: item, label }) => ({ value: item, label }))}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      name={name}
      defaultOpen
      disabled={disabled}
    >
      <Base.Trigger className={cn(boxStyle, className)} {...aria}>
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
