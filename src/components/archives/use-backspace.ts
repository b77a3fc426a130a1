"use client";

import { useEffect } from "react";

/** Backspace, unless somebody writes. */
export function useBackspace(go: () => void): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== "Backspace" || event.ctrlKey || event.metaKey || event.altKey) return;
      const from = event.target;
      if (
        from instanceof HTMLElement &&
        from.closest("input, textarea, select, [contenteditable], [role=dialog]")
      )
        return;
      event.preventDefault();
      go();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [go]);
}
