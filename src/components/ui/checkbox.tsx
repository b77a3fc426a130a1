"use client";

import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** A tick box. `indeterminate`: some, not all. Give it `aria-label` or put it in a `CheckboxField`. */
export function Checkbox({ className, ...rest }: ComponentProps<typeof Base.Root>) {
  return (
    <Base.Root
      className={cn(
        "inline-flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-panel text-accent-ink data-[checked]:border-accent data-[indeterminate]:border-accent data-[checked]:bg-accent data-[indeterminate]:bg-accent data-[disabled]:opacity-50",
        className,
      )}
      {...rest}
    >
      <Base.Indicator className="group flex" keepMounted={false}>
        {rest.indeterminate ? (
          <Minus aria-hidden className="size-3.5" />
        ) : (
          <Check aria-hidden className="size-3.5" />
        )}
      </Base.Indicator>
    </Base.Root>
  );
}
