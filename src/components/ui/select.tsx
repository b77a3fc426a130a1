"use client";

import { ChevronsUpDown } from "lucide-react";
import { cn } from "./class-names";
import { useLate } from "./late";
import { boxStyle, type SelectProps } from "./select-props";

const loadBox = () => import("./select-box");

/** One of a few. `value` null: nothing chosen yet, `placeholder` is shown. The list's code is loaded when it is first opened. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { part, want, warm } = useLate(loadBox);
  if (part) return <part.SelectBox {...props} />;
  const { choices, value, onChange: _, placeholder, className, ...button } = props;
  return (
    <button
      type="button"
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      className={cn(boxStyle, className)}
      onClick={want}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        want();
      }}
      onPointerEnter={warm}
      onFocus={warm}
      {...button}
    >
      <span className="truncate">
        {choices.find((choice) => choice.value === value)?.label ?? (
          <span className="text-ink-soft">{placeholder ?? "Choose"}</span>
        )}
      </span>
      <span aria-hidden>
        <ChevronsUpDown aria-hidden className="size-4 text-ink-soft" />
      </span>
    </button>
  );
}
