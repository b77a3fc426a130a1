"use client";

import { type KeyboardEvent, type RefObject, useEffect } from "react";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { TreeRow as Line } from "~/domain/archive-tree";
import { coverOf, type Selection } from "~/domain/restore-selection";
import { RowSpacer } from "./row-spacer";
import { SortHead } from "./sort-head";
import { treeKey } from "./tree-keys";
import { TreeRow } from "./tree-row";
import type { TreeRowActions } from "./tree-row-actions";
import type { useFolderOrder } from "./use-folder";
import { useKeptFocus } from "./use-kept-focus";
import type { TreeEntry } from "./use-tree";
import { useWindowRows } from "./use-window-rows";

/** The lines of a tree. Keys: arrows, Home, End and pages move, right and left open and close, Enter opens, space and x tick. */
export function TreeTable({
  rows,
  selection,
  shown,
  order,
  focusNext,
  actions,
  more,
}: {
  rows: readonly Line<TreeEntry>[];
  selection: Selection;
  shown: string | null;
  order: ReturnType<typeof useFolderOrder>;
  /** The path of the entry that takes the focus when the table is first drawn; any other: the first entry. Null: none. */
  focusNext: RefObject<string | null>;
  actions: TreeRowActions;
  more: (folder: string) => void;
}) {
  const { top, indices, above, below, focus } = useWindowRows(rows.length);
  const kept = useKeptFocus(rows, focus);
  const columns = actions.mayRestore ? 8 : 6;
  const wanted = indices.flatMap((index) => {
    const row = rows[index];
    return row?.kind === "more" ? [row.path] : [];
  });
  const next = wanted[0];
  // The next page is asked for when the line that stands for it comes near.
  useEffect(() => {
    if (next !== undefined) more(next);
  }, [next, more]);
  useEffect(() => {
    if (focusNext.current === null) return;
    const at = rows.findIndex(({ path }) => path === focusNext.current);
    focusNext.current = null;
    focus(Math.max(0, at));
  }, [focusNext, rows, focus]);
  function onKey(event: KeyboardEvent<HTMLTableElement>) {
    const did = treeKey(event, rows, { focus, ...actions });
    if (did) event.preventDefault();
  }
  return (
    <div ref={top} {...kept}>
      <Table
        label="Files of this folder"
        role="treegrid"
        aria-rowcount={rows.length + 1}
        onKeyDown={onKey}
        // A button is pressed when space is let go, in some browsers also after its press was taken.
        onKeyUp={(event) => {
          if (event.key === " " && isName(event.target)) event.preventDefault();
        }}
      >
        <TableHead>
          {actions.mayRestore ? (
            <HeadCell className="w-10">
              <span className="sr-only">Selected</span>
            </HeadCell>
          ) : null}
          <SortHead order="name" {...order}>
            Name
          </SortHead>
          <SortHead order="size" number {...order}>
            Size
          </SortHead>
          <HeadCell from="md" number>
            Files
          </HeadCell>
          <SortHead order="date" from="sm" {...order}>
            Modified
          </SortHead>
          <HeadCell from="lg">Owner</HeadCell>
          <HeadCell from="xl">Mode</HeadCell>
          {actions.mayRestore ? (
            <HeadCell className="w-10">
              <span className="sr-only">Actions</span>
            </HeadCell>
          ) : null}
        </TableHead>
        <TableBody>
          <RowSpacer height={above} columns={columns} />
          {indices.map((index) => {
            const row = rows[index];
            if (!row) return null;
            if (row.kind !== "entry")
              return <RestRow key={`${row.kind} ${row.path}`} row={row} columns={columns} index={index} />;
            return (
              <TreeRow
                key={row.path}
                index={index}
                entry={row.entry}
                path={row.path}
                level={row.level}
                isOpen={row.isOpen}
                cover={row.entry.lossless ? coverOf(selection, row.path) : "none"}
                isMarked={row.path === shown}
                actions={actions}
              />
            );
          })}
          <RowSpacer height={below} columns={columns} />
        </TableBody>
      </Table>
    </div>
  );
}

function isName(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.hasAttribute("data-row-link");
}

const REST_WORDS = {
  more: "More is being read.",
  reading: "Reading the folder.",
  empty: "This folder is empty.",
  failed: "This folder could not be read. Close it and open it again.",
} as const;

function RestRow({
  row,
  index,
  columns,
}: {
  row: Exclude<Line<TreeEntry>, { kind: "entry" }>;
  index: number;
  columns: number;
}) {
  return (
    <Row data-index={index} aria-level={row.level} aria-rowindex={index + 2}>
      <Cell
        colSpan={columns}
        className={row.kind === "failed" ? "text-fail" : "text-ink-soft"}
        style={{ paddingLeft: 48 + Math.min(row.level - 1, 8) * 20 }}
      >
        {REST_WORDS[row.kind]}
      </Cell>
    </Row>
  );
}
