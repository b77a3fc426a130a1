"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, CircleX, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { cn } from "~/components/ui/class-names";
import { useNow } from "~/components/ui/now";
import { exactTime } from "~/components/ui/relative-time";
import type { TailLine } from "~/domain/log-tail";

/** Pixels of one unwrapped line; wrapped ones are measured. */
const LINE_HEIGHT = 20;
/** How near the end counts as being there. */
const NEAR_END = 24;

/** Lines of a log in a box of their own; only those in sight are in the document. `follow`: stays at the end while one is there. */
export function LogLines({
  lines,
  follow,
  empty,
}: {
  lines: readonly TailLine[];
  follow: boolean;
  empty: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    getItemKey: (at) => lines[at]?.cursor ?? at,
  });
  const last = lines.length - 1;
  useEffect(() => {
    if (follow && atEnd && last >= 0) rows.scrollToIndex(last, { align: "end" });
  }, [follow, atEnd, last, rows]);
  if (lines.length === 0) {
    return <p className="rounded-md border bg-sunken px-3 py-4 text-ink-soft">{empty}</p>;
  }
  return (
    <div className="relative">
      <div
        ref={box}
        role="log"
        aria-label="Log lines"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled box must be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_END);
        }}
        className="max-h-[min(26rem,60dvh)] min-h-24 overflow-auto rounded-md border bg-sunken py-2"
      >
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const line = lines[row.index];
            return line ? (
              <div
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <Line line={line} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {follow && !atEnd ? (
        <Button size="small" className="absolute right-4 bottom-3" onClick={() => setAtEnd(true)}>
          <ArrowDown aria-hidden /> To the newest
        </Button>
      ) : null}
    </div>
  );
}

function Line({ line }: { line: TailLine }) {
  const { zone } = useNow();
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone: zone ?? "UTC",
  });
  return (
    <div
      className={cn(
        "flex gap-3 px-3 font-mono text-[0.8125rem] leading-5",
        line.level === "error" && "bg-fail-wash",
        line.level === "warning" && "bg-warn-wash",
      )}
    >
      <time
        dateTime={line.at.toISOString()}
        title={exactTime(line.at, zone)}
        className="shrink-0 text-ink-soft"
      >
        {time.format(line.at)}
      </time>
      <Level level={line.level} />
      <span
        className={cn("min-w-0 whitespace-pre-wrap break-words", line.level === "debug" && "text-ink-soft")}
      >
        {line.message}
      </span>
    </div>
  );
}

/** Only what deserves a look carries a mark; the word is there for screen readers. */
function Level({ level }: { level: TailLine["level"] }) {
  const Icon = level === "error" ? CircleX : level === "warning" ? TriangleAlert : null;
  return (
    <span className={cn("w-4 shrink-0", level === "error" ? "text-fail" : "text-warn")}>
      {Icon ? <Icon aria-hidden className="mt-0.5 size-4" /> : null}
      <span className="sr-only">{level}</span>
    </span>
  );
}
