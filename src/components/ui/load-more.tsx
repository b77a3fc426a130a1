"use client";

import { formatCount } from "~/domain/quantity";
import { Button } from "./button";

/** The end of a paged list: how many are shown, and the next page. */
export function LoadMore({
  shown,
  hasMore,
  busy,
  onMore,
  noun,
}: {
  shown: number;
  hasMore: boolean;
  busy: boolean;
  onMore: () => void;
  /** Plural: "clients". */
  noun: string;
}) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-4 text-[0.8125rem] text-ink-soft">
      <span aria-live="polite">
        {hasMore
          ? `First ${formatCount(shown)} ${noun} shown`
          : `${formatCount(shown)} ${shown === 1 ? noun.replace(/ies$/, "y").replace(/s$/, "") : noun}`}
      </span>
      {hasMore ? (
        <Button size="small" busy={busy} onClick={onMore}>
          Load more
        </Button>
      ) : null}
    </div>
  );
}
