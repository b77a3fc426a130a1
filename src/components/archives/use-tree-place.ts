"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { fromAddress, toAddress } from "~/domain/archive-path";
import { toggleOpen } from "~/domain/archive-tree";
import { useKeptParam } from "./use-kept-param";

/** Folders open below the one that is shown; who opens more has lost sight of the first. */
const MOST_OPEN = 50;

/**
 * Where one stands in the tree of an archive, kept in the address: the folder that is shown, what is open below it, the entry that is told
 * first (`show`), and a typed path that was not there (`missed`). Opening a folder is one step of Back and forgets the last two.
 */
export function useTreePlace(archiveId: string) {
  const [{ at, show, missed }, set] = useQueryStates(
    {
      at: parseAsString.withDefault(""),
      show: parseAsString.withDefault(""),
      missed: parseAsString.withDefault(""),
    },
    { history: "push" },
  );
  const { text, keep } = useKeptParam("open", `bbs-open-${archiveId}`);
  const expanded = useMemo(
    () =>
      text
        .split(".")
        .flatMap((one) => fromAddress(one) || [])
        .slice(-MOST_OPEN),
    [text],
  );
  const addressOf = (path: string) => (path === "" ? null : toAddress(path));
  return {
    path: fromAddress(at) ?? "",
    shown: fromAddress(show) || null,
    missed: fromAddress(missed) || null,
    expanded,
    open: (path: string) => void set({ at: addressOf(path), show: null, missed: null }),
    showEntry: (folder: string, path: string) =>
      void set({ at: addressOf(folder), show: addressOf(path), missed: null }),
    openNearest: (folder: string, path: string) =>
      void set({ at: addressOf(folder), show: null, missed: addressOf(path) }),
    forget: () => void set({ show: null, missed: null }),
    expand: (path: string) => keep(toggleOpen(expanded, path).slice(-MOST_OPEN).map(toAddress).join(".")),
  };
}
