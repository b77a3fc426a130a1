"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** Pixels of a row; all are alike. */
const ROW_HEIGHT = 40;
/** What lies over the window's top and foot: the bar of the console, and the tray of what is selected. */
const COVERED = { top: 100, foot: 80 };

/**
 * Rows of a table of which only those in sight are in the document: a folder may hold a million. `top` belongs to what holds the table;
 * rows carry their number as `data-index`, and the control that takes the focus in each is marked `data-row-link`.
 */
export function useWindowRows(count: number) {
  const top = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  // After every drawing: what stands above the table may have grown.
  useLayoutEffect(() => {
    setOffset(Math.round((top.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
  });
  const rows = useWindowVirtualizer({
    count,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    scrollMargin: offset,
    scrollPaddingStart: COVERED.top,
    scrollPaddingEnd: COVERED.foot,
    initialRect: { width: 0, height: 1000 },
  });
  const shown = rows.getVirtualItems();
  const focus = useCallback(
    (index: number) => {
      rows.scrollToIndex(index);
      // The row may have to be drawn first.
      let tries = 10;
      const look = () => {
        const row = top.current?.querySelector(`[data-index="${index}"]`);
        const link = row?.querySelector<HTMLElement>("[data-row-link]");
        if (link) link.focus({ focusVisible: true, preventScroll: true } as FocusOptions);
        else if (tries-- > 0) requestAnimationFrame(look);
      };
      look();
    },
    [rows],
  );
  return {
    ...{ top, focus },
    indices: shown.map(({ index }) => index),
    above: (shown[0]?.start ?? offset) - offset,
    below: rows.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset),
  };
}
