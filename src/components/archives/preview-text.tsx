"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { formatCount } from "~/domain/quantity";

/** Pixels of a line. */
const LINE_HEIGHT = 20;
/** Of one line; whoever writes megabytes without an end of line has written them for programs. */
const MOST_SHOWN = 5_000;

/** A text with the numbers of its lines. Only what is in sight is in the document: it may have a hundred thousand lines. */
export function PreviewText({ lines, name }: { lines: readonly string[]; name: string }) {
  const frame = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 40,
    initialRect: { width: 0, height: 800 },
  });
  const digits = String(lines.length).length;
  return (
    <section
      ref={frame}
      aria-label={`Text of ${name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too.
      tabIndex={0}
      className="max-h-[65dvh] min-h-24 overflow-auto rounded-md border bg-sunken font-mono text-[0.8125rem]"
    >
      <div className="relative w-max min-w-full" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.index}
            className="absolute left-0 flex gap-3 whitespace-pre pr-4"
            style={{ top: row.start, height: LINE_HEIGHT, lineHeight: `${LINE_HEIGHT}px` }}
          >
            <span
              aria-hidden
              className="sticky left-0 select-none border-r bg-panel px-2 text-right text-ink-soft"
              style={{ minWidth: `${digits + 3}ch` }}
            >
              {row.index + 1}
            </span>
            <bdi>{shown(lines[row.index] ?? "")}</bdi>
          </div>
        ))}
      </div>
    </section>
  );
}

function shown(line: string): string {
  if (line.length <= MOST_SHOWN) return line;
  return `${line.slice(0, MOST_SHOWN)} … and ${formatCount(line.length - MOST_SHOWN)} more characters`;
}
