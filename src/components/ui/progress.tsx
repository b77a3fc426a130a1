"use client";

import { Progress as Base } from "@base-ui/react/progress";
import { cn } from "./class-names";

/** How far. `value` from 0 to 100; null: moving, but nobody knows how far. */
export function Progress({
  label,
  value,
  className,
}: {
  label: string;
  value: number | null;
  className?: string;
}) {
  return (
    <Base.Root value={value} aria-label={label} className={cn("w-full", className)}>
      <Base.Track className="h-1.5 overflow-hidden rounded-sm bg-idle-fill">
        <Base.Indicator
          className={cn(
            "h-full bg-accent",
            value === null ? "w-full animate-under-way" : "transition-[width] duration-500",
          )}
        />
      </Base.Track>
    </Base.Root>
  );
}
