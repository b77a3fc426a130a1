"use client";

import { useCallback, useMemo } from "react";
import {
  type Selection,
  selectionFromAddress,
  selectionToAddress,
  togglePath,
} from "~/domain/restore-selection";
import { useKeptParam } from "./use-kept-param";

/** What is ticked in an archive, in the address as `pick`. */
export function useSelection(archiveId: string) {
  const { text, inAddress, keep } = useKeptParam("pick", `bbs-selection-${archiveId}`);
  const selection = useMemo(() => selectionFromAddress(text), [text]);
  const select = useCallback((next: Selection) => keep(selectionToAddress(next)), [keep]);
  const toggle = useCallback((path: string) => select(togglePath(selection, path)), [select, selection]);
  return { selection, pick: inAddress, toggle, select };
}
