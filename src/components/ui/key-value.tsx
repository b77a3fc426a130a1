import type { ReactNode } from "react";
import { cn } from "./class-names";

/** Facts of one thing. Two columns, the first as narrow as its words on phones. */
export function KeyValue({
  items,
  className,
}: {
  items: readonly (readonly [string, ReactNode])[];
  className?: string;
}) {
  return (
    <dl
      className={cn(
        "grid grid-cols-[fit-content(8rem)_minmax(0,1fr)] gap-x-4 gap-y-2 sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)] sm:gap-x-6",
        className,
      )}
    >
      {items.map(([key, value]) => (
        <div key={key} className="contents">
          <dt className="text-ink-soft">{key}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
