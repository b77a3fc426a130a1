"use client";

import { useCallback, useEffect, useState } from "react";

/** As many as the server takes at once. */
export const MOST_SELECTED = 200;

/** The ticked rows of a list of jobs. */
export interface JobSelection {
  ids: ReadonlySet<string>;
  toggle(id: string): void;
  /** Ticks or unticks all of these; the first {@link MOST_SELECTED} of them. */
  setAll(ids: readonly string[], on: boolean): void;
  clear(): void;
}

/** Ticked rows, by mouse or by keyboard: `x` on the row that j and k have reached, Escape for none. */
export function useJobSelection(): JobSelection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((id: string) => {
    setIds((before) => {
      const after = new Set(before);
      if (!after.delete(id) && after.size < MOST_SELECTED) after.add(id);
      return after;
    });
  }, []);
  const clear = useCallback(() => setIds(new Set()), []);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const from = event.target;
      if (!(from instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (from.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]")) return;
      if (event.key === "Escape") return clear();
      const row = event.key === "x" ? from.closest<HTMLElement>("tr[data-job]") : null;
      if (row?.dataset.job) toggle(row.dataset.job);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [toggle, clear]);
  return {
    ids,
    toggle,
    setAll: (some, on) => setIds(new Set(on ? some.slice(0, MOST_SELECTED) : [])),
    clear,
  };
}
