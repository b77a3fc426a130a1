"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { Checkbox } from "./checkbox";

/** A tick box with its label and what ticking it means. */
export function CheckboxField({
  label,
  hint,
  ...rest
}: ComponentProps<typeof Checkbox> & { label: ReactNode; hint?: ReactNode }) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <Checkbox
        className="mt-0.5"
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        id={id}
        {...rest}
      />
      <div className="grid gap-0.5">
        <label id={`${id}-label`} htmlFor={id}>
          {label}
        </label>
        {hint ? (
          <div id={`${id}-hint`} className="text-[0.8125rem] text-ink-soft">
            {hint}
          </div>
        ) : null}
      </div>
    </div>
  );
}
