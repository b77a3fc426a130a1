import type { ReactNode } from "react";
import { cn } from "./class-names";

/** Facts of one thing. Two columns; one below the other on phones. */
export function KeyValue({
  items,
  className,
}: {
  items: readonly (readonly [string, ReactNode])[];
  className?: string;
}) {
  return (
    <dl
      className={cn("grid gap-x-6 gap-y-2 sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)]", className)}
    >
      {items.map(([key, value]) => (
        <div key={key} className="contents">
          <dt className="text-ink-soft">{key}</dt>
          <dd className="mb-1 min-w-0 break-words sm:mb-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
