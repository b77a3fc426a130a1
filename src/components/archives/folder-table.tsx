"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { HeadCell, Table, TableBody, TableHead } from "~/components/ui/table";
import { joinPath } from "~/domain/archive-path";
import type { FolderOrder } from "~/domain/folder-order";
import { coverOf, type Selection } from "~/domain/restore-selection";
import type { FolderEntry } from "~/keeper/contract/archives";
import { FolderRow } from "./folder-row";

/** Pixels of a row; all are alike. */
const ROW_HEIGHT = 40;

/** One folder's entries. Only the rows in sight are in the document: a folder may hold twenty thousand. */
export function FolderTable({
  folder,
  entries,
  selection,
  by,
  reversed,
  orderBy,
  open,
  toggle,
}: {
  folder: string;
  entries: readonly FolderEntry[];
  selection: Selection;
  by: FolderOrder;
  reversed: boolean;
  orderBy: (order: FolderOrder) => void;
  open: (path: string) => void;
  toggle: (path: string) => void;
}) {
  const top = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    setOffset((top.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    scrollMargin: offset,
    initialRect: { width: 0, height: 1000 },
  });
  const shown = rows.getVirtualItems();
  const above = (shown[0]?.start ?? offset) - offset;
  const below = rows.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset);
  const sort = { by, reversed, orderBy };
  return (
    <div ref={top}>
      <Table label="Files of this folder">
        <TableHead>
          <HeadCell className="w-10">
            <span className="sr-only">Selected</span>
          </HeadCell>
          <SortHead order="name" {...sort}>
            Name
          </SortHead>
          <SortHead order="size" number {...sort}>
            Size
          </SortHead>
          <SortHead order="date" from="sm" {...sort}>
            Modified
          </SortHead>
          <HeadCell from="lg">Owner</HeadCell>
          <HeadCell from="lg">Mode</HeadCell>
        </TableHead>
        <TableBody>
          <Spacer height={above} />
          {shown.map((row) => {
            const entry = entries[row.index];
            if (!entry) return null;
            const path = joinPath(folder, entry.name);
            return (
              <FolderRow
                key={path}
                entry={entry}
                path={path}
                cover={entry.lossless ? coverOf(selection, path) : "none"}
                open={open}
                toggle={toggle}
              />
            );
          })}
          <Spacer height={below} />
        </TableBody>
      </Table>
    </div>
  );
}

function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={6} style={{ height }} />
    </tr>
  );
}

function SortHead({
  order,
  by,
  reversed,
  orderBy,
  number = false,
  from,
  children,
}: {
  order: FolderOrder;
  by: FolderOrder;
  reversed: boolean;
  orderBy: (order: FolderOrder) => void;
  number?: boolean;
  from?: "sm";
  children: ReactNode;
}) {
  const current = by === order;
  // Sizes and dates begin with the largest and the newest.
  const descending = (order === "name") === reversed;
  const Icon = descending ? ArrowDown : ArrowUp;
  return (
    <HeadCell
      from={from}
      number={number}
      aria-sort={current ? (descending ? "descending" : "ascending") : "none"}
      className={order === "name" ? "w-full" : undefined}
    >
      <button
        type="button"
        onClick={() => orderBy(order)}
        className="inline-flex items-center gap-1 font-medium hover:text-ink"
      >
        {children}
        {current ? <Icon aria-hidden className="size-3.5" /> : null}
      </button>
    </HeadCell>
  );
}
