"use client";

import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { joinPath } from "~/domain/archive-path";
import { OpeningName } from "./opening-name";
import { RowSpacer } from "./row-spacer";
import { share } from "./treemap";
import type { TreeEntry } from "./use-tree";
import { useWindowRows } from "./use-window-rows";

/** A folder's entries, largest first, each with its share of the whole. */
export function BiggestList({
  folder,
  entries,
  total,
  repositoryId,
  open,
}: {
  folder: string;
  entries: readonly TreeEntry[];
  total: number;
  repositoryId: string;
  open: (path: string) => void;
}) {
  const { top, indices, above, below } = useWindowRows(entries.length);
  return (
    <div ref={top}>
      <Table label="Entries of this folder, largest first">
        <TableHead>
          <HeadCell className="w-full">Name</HeadCell>
          <HeadCell from="sm">Share</HeadCell>
          <HeadCell from="md" number>
            Files
          </HeadCell>
          <HeadCell number>Size</HeadCell>
        </TableHead>
        <TableBody>
          <RowSpacer height={above} columns={4} />
          {indices.map((index) => {
            const entry = entries[index];
            if (!entry) return null;
            const path = joinPath(folder, entry.name);
            return (
              <Row key={path} data-index={index}>
                <Cell className="w-full max-w-0">
                  <span className="flex min-w-0 items-center gap-2">
                    <OpeningName {...{ entry, path, repositoryId, open }} />
                  </span>
                </Cell>
                <Cell from="sm" className="whitespace-nowrap">
                  <span className="flex items-center gap-2">
                    <span aria-hidden className="h-2 w-24 overflow-hidden rounded-sm bg-idle-wash">
                      <span
                        className="block h-full bg-accent"
                        style={{ width: `${Math.min(100, (entry.bytes / total) * 100)}%` }}
                      />
                    </span>
                    <span className="w-16 text-right text-[0.8125rem] text-ink-soft">
                      {share(entry.bytes, total)}
                    </span>
                  </span>
                </Cell>
                <Cell from="md" number>
                  {entry.files === null ? null : <Count value={entry.files} />}
                </Cell>
                <Cell number>
                  <Bytes value={entry.bytes} />
                </Cell>
              </Row>
            );
          })}
          <RowSpacer height={below} columns={4} />
        </TableBody>
      </Table>
    </div>
  );
}
