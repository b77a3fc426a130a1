"use client";

import { Badge, type Tone } from "~/components/ui/badge";
import { Bytes } from "~/components/ui/bytes";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { joinPath } from "~/domain/archive-path";
import type { Api } from "../system/api";
import { ByteChange } from "./byte-change";
import { ChangeCounts } from "./change-counts";
import { FileActions } from "./file-actions";
import { OpeningName } from "./opening-name";
import { RowSpacer } from "./row-spacer";
import { useWindowRows } from "./use-window-rows";

export type ComparedEntry = Api["archives"]["compare"]["entries"][number];

const TONES: Record<ComparedEntry["change"], Tone> = { added: "ok", changed: "idle", removed: "fail" };

/** The entries of a folder that differ. Folders open; a file's name leads to all its versions. */
export function CompareTable({
  folder,
  entries,
  ends,
  repositoryId,
  mayRestore,
  open,
}: {
  folder: string;
  entries: readonly ComparedEntry[];
  ends: { before: string; after: string };
  repositoryId: string;
  mayRestore: boolean;
  open: (path: string) => void;
}) {
  const { top, indices, above, below } = useWindowRows(entries.length);
  return (
    <div ref={top}>
      <Table label="What differs in this folder">
        <TableHead>
          <HeadCell className="w-full">Name</HeadCell>
          <HeadCell from="sm">Change</HeadCell>
          <HeadCell from="md" number>
            Files
          </HeadCell>
          <HeadCell from="lg" number>
            Before
          </HeadCell>
          <HeadCell from="lg" number>
            After
          </HeadCell>
          <HeadCell number>Difference</HeadCell>
          {mayRestore ? (
            <HeadCell className="w-10">
              <span className="sr-only">Actions</span>
            </HeadCell>
          ) : null}
        </TableHead>
        <TableBody>
          <RowSpacer height={above} columns={7} />
          {indices.map((index) => {
            const entry = entries[index];
            if (!entry) return null;
            return (
              <CompareRow
                key={`${entry.type} ${entry.name}`}
                index={index}
                entry={entry}
                path={joinPath(folder, entry.name)}
                archiveId={mayRestore ? (entry.change === "removed" ? ends.before : ends.after) : null}
                repositoryId={repositoryId}
                open={open}
              />
            );
          })}
          <RowSpacer height={below} columns={7} />
        </TableBody>
      </Table>
    </div>
  );
}

function CompareRow({
  index,
  entry,
  path,
  archiveId,
  repositoryId,
  open,
}: {
  index: number;
  entry: ComparedEntry;
  path: string;
  /** The newer of the two that holds it; null: nothing may be brought back. */
  archiveId: string | null;
  repositoryId: string;
  open: (path: string) => void;
}) {
  const isFolder = entry.type === "directory";
  return (
    <Row data-index={index}>
      <Cell className="w-full max-w-0">
        <span className="flex min-w-0 items-center gap-2">
          <OpeningName {...{ entry, path, repositoryId, open }} />
          <span className="sr-only sm:hidden">, {entry.change}</span>
        </span>
      </Cell>
      <Cell from="sm">
        <Badge tone={TONES[entry.change]}>{entry.change}</Badge>
      </Cell>
      <Cell from="md" number>
        {isFolder ? <ChangeCounts counts={entry} /> : null}
      </Cell>
      <Cell from="lg" number>
        {entry.change === "added" ? null : <Bytes value={entry.bytesBefore} />}
      </Cell>
      <Cell from="lg" number>
        {entry.change === "removed" ? null : <Bytes value={entry.bytesAfter} />}
      </Cell>
      <Cell number>
        <ByteChange bytes={entry.bytesAfter - entry.bytesBefore} />
      </Cell>
      {archiveId ? (
        <Cell className="w-10 py-0 pl-0">
          <FileActions {...{ archiveId, repositoryId, path }} type={entry.type} bytes={null} />
        </Cell>
      ) : null}
    </Row>
  );
}
