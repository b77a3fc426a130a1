import type { KeyboardEvent } from "react";
import type { TreeRow } from "~/domain/archive-tree";
import type { TreeEntry } from "./use-tree";

/** Rows that a page's key goes up or down. */
const PAGE_ROWS = 15;

/** Does what a key means on a line of the tree; false: it means nothing there. */
export function treeKey(
  event: KeyboardEvent<HTMLElement>,
  rows: readonly TreeRow<TreeEntry>[],
  to: {
    mayRestore: boolean;
    focus: (index: number) => void;
    expand: (path: string) => void;
    toggle: (path: string) => void;
  },
): boolean {
  const { target, key } = event;
  if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return false;
  // A menu of the row has keys of its own; the tick box and the name share the row's.
  const isName = target.hasAttribute("data-row-link");
  if (!isName && target.closest("[role=checkbox]") === null) return false;
  const at = Number(target.closest("[data-index]")?.getAttribute("data-index") ?? Number.NaN);
  const row = rows[at];
  if (row?.kind !== "entry") return false;
  const goTo = (index: number) => {
    const wanted = Math.min(Math.max(index, 0), rows.length - 1);
    // Lines that are no entries are passed over.
    const next =
      wanted > at
        ? (rows.findIndex((one, place) => place >= wanted && one.kind === "entry") + 1 ||
            rows.findLastIndex((one) => one.kind === "entry") + 1) - 1
        : rows.findLastIndex((one, place) => place <= wanted && one.kind === "entry");
    if (next >= 0) to.focus(next);
    return true;
  };
  const isFolder = row.entry.type === "directory" && row.entry.lossless;
  switch (key) {
    case "ArrowDown":
      return goTo(at + 1);
    case "ArrowUp":
      return goTo(at - 1);
    case "PageDown":
      return goTo(at + PAGE_ROWS);
    case "PageUp":
      return goTo(at - PAGE_ROWS);
    case "Home":
      return goTo(0);
    case "End":
      return goTo(rows.length - 1);
    case "ArrowRight":
      if (!isFolder) return false;
      if (row.isOpen) return goTo(at + 1);
      to.expand(row.path);
      return true;
    case "ArrowLeft": {
      if (isFolder && row.isOpen) {
        to.expand(row.path);
        return true;
      }
      const above = rows.findLastIndex((one, index) => index < at && one.level < row.level);
      return above < 0 ? false : goTo(above);
    }
    case " ":
      if (!isName) return false;
      return tick();
    case "x":
      return tick();
    default:
      return false;
  }
  function tick(): boolean {
    if (!to.mayRestore || !row || row.kind !== "entry" || !row.entry.lossless) return false;
    to.toggle(row.path);
    return true;
  }
}
