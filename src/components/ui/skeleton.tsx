import { cn } from "./class-names";

/** The place of something that is still being loaded, in its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("h-4 rounded-sm bg-idle-wash", className)} />;
}

/** Rows of a list that is being loaded. */
export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="rounded-md border bg-panel">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move.
        <div key={row} className="flex h-10 items-center gap-4 border-b px-3 last:border-b-0">
          <Skeleton className="w-40" />
          <Skeleton className="hidden w-24 sm:block" />
          <Skeleton className="ml-auto w-16" />
        </div>
      ))}
    </div>
  );
}
