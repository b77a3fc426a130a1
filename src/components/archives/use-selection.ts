"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { isArchivePath } from "~/domain/archive-path";
import {
  type Selection,
  selectionFromAddress,
  selectionToAddress,
  togglePath,
} from "~/domain/restore-selection";

/** In place of a selection that is too long for an address: it is kept in this tab. */
const IN_TAB = "~";
const CHANGED = "bbs-selection";

/**
 * What is ticked in an archive. It stands in the address as `pick`, so that walking, Back, a reload and a copied link keep it; a
 * selection too long for an address is kept in the tab's storage and lives as long as the tab.
 */
export function useSelection(archiveId: string) {
  const [pick, setPick] = useQueryState(
    "pick",
    parseAsString.withDefault("").withOptions({ history: "replace" }),
  );
  const stored = useSyncExternalStore(
    subscribe,
    () => sessionStorage.getItem(keyOf(archiveId)) ?? "",
    () => "",
  );
  const selection = useMemo(
    () => (pick === IN_TAB ? fromTab(stored) : selectionFromAddress(pick)),
    [pick, stored],
  );
  const select = useCallback(
    (next: Selection) => {
      const text = selectionToAddress(next);
      if (text === null) {
        sessionStorage.setItem(keyOf(archiveId), next.join("."));
        window.dispatchEvent(new Event(CHANGED));
      }
      void setPick(text === "" ? null : (text ?? IN_TAB));
    },
    [archiveId, setPick],
  );
  const toggle = useCallback((path: string) => select(togglePath(selection, path)), [select, selection]);
  return { selection, pick, toggle, select };
}

function keyOf(archiveId: string): string {
  return `bbs-selection-${archiveId}`;
}

function fromTab(stored: string): Selection {
  return stored.split(".").filter((path) => path !== "" && isArchivePath(path));
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  return () => window.removeEventListener(CHANGED, onChange);
}
