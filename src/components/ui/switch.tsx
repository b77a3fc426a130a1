"use client";

import { Switch as Base } from "@base-ui/react/switch";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** On or off, at once. Inside a form that is saved later use a Checkbox. */
export function Switch({ className, ...rest }: ComponentProps<typeof Base.Root>) {
  return (
    <Base.Root
      className={cn(
        "inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-idle-wash p-0.5 transition-colors data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:opacity-50",
        className,
      )}
      {...rest}
    >
      <Base.Thumb className="size-3.5 rounded-full bg-ink-soft transition-transform data-[checked]:translate-x-4 data-[checked]:bg-accent-ink" />
    </Base.Root>
  );
}
