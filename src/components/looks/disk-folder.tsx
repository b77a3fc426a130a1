"use client";

import { File, FileQuestion, FileSymlink, Folder, type LucideIcon, Plug, RefreshCw } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Button } from "~/components/ui/button";
import { Checkbox } from "~/components/ui/checkbox";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { joinPath, showPath } from "~/domain/archive-path";
import { orderEntries } from "~/domain/folder-order";
import { EntryIcon, SizeAndTime } from "../archives/entry-cells";
import { FolderCrumbs } from "../archives/folder-crumbs";
import { FolderStates } from "../archives/folder-states";
import { NameText } from "../archives/name-text";
import type { Api } from "../system/api";
import { useDiskFolder } from "./use-disk-folder";

type Entry = Api["looks"]["browse"]["entries"][number];

/** Ticking entries, for whoever chooses among them. */
export interface Ticks {
  has: (path: string) => boolean;
  toggle: (path: string) => void;
  /** A name that is no text cannot be put into a plan. */
  mayTick: (path: string) => boolean;
}

/** One folder of a live disk, read from the machine now. The way to it stands above; folders open. */
export function DiskFolder({
  clientId,
  path,
  open,
  ticks,
}: {
  clientId: string;
  path: string;
  open: (path: string) => void;
  ticks?: Ticks;
}) {
  const query = useDiskFolder(clientId, path);
  const entries = useMemo(() => orderEntries(query.data?.entries ?? [], "name", false), [query.data]);
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <FolderCrumbs path={path} open={open} />
        <Button size="small" busy={query.isFetching} onClick={() => void query.refetch()}>
          <RefreshCw aria-hidden />
          Read again
        </Button>
      </div>
      <FolderStates
        query={query}
        shown={entries.length}
        words={{
          reading: "Asking the machine.",
          failed: "This folder could not be looked into",
          cut: "The folder holds more. Choose the folder itself to have all of it.",
          empty: "This folder is empty.",
        }}
      />
      {entries.length > 0 ? (
        <Table label="Entries of this folder" key={path}>
          <TableHead>
            {ticks ? (
              <HeadCell className="w-10">
                <span className="sr-only">Chosen</span>
              </HeadCell>
            ) : null}
            <HeadCell className="w-full">Name</HeadCell>
            <HeadCell number>Size</HeadCell>
            <HeadCell from="sm">Modified</HeadCell>
            <HeadCell from="lg">Mode</HeadCell>
          </TableHead>
          <TableBody>
            {entries.map((entry) => (
              <EntryRow
                key={entry.name}
                entry={entry}
                path={joinPath(path, entry.name)}
                open={open}
                ticks={ticks}
              />
            ))}
          </TableBody>
        </Table>
      ) : null}
    </div>
  );
}

const ICONS: Record<Entry["type"], LucideIcon> = {
  ...{ directory: Folder, file: File, link: FileSymlink, socket: Plug },
  ...{ device: FileQuestion, pipe: FileQuestion, other: FileQuestion },
};

const KINDS: Record<Entry["type"], string> = {
  ...{ directory: "folder", file: "file", link: "link, not followed", socket: "socket" },
  ...{ device: "device", pipe: "pipe", other: "of another kind" },
};

function EntryRow({
  entry,
  path,
  open,
  ticks,
}: {
  entry: Entry;
  path: string;
  open: (path: string) => void;
  ticks: Ticks | undefined;
}) {
  const isFolder = entry.type === "directory";
  const mayTick = ticks?.mayTick(path) ?? false;
  return (
    <Row
      className="data-[selected]:bg-accent-wash"
      data-selected={ticks?.has(path) || undefined}
      onKeyDown={(event) => {
        if (event.key !== "x" || event.ctrlKey || event.metaKey || !mayTick) return;
        event.preventDefault();
        ticks?.toggle(path);
      }}
    >
      {ticks ? (
        <Cell className="w-10 pr-0">
          <Checkbox
            className="flex"
            aria-label={`Choose ${showPath(entry.name)}`}
            checked={ticks.has(path)}
            disabled={!mayTick}
            onCheckedChange={() => ticks.toggle(path)}
          />
        </Cell>
      ) : null}
      <Cell className="w-full max-w-0">
        <div className="flex min-w-0 items-center gap-2">
          <EntryIcon icon={ICONS[entry.type]} isFolder={isFolder} />
          <EntryName open={isFolder ? () => open(path) : null}>
            <NameText path={entry.name} />
            <span className="sr-only">, {KINDS[entry.type]}</span>
          </EntryName>
        </div>
      </Cell>
      <SizeAndTime entry={entry} />
      <Cell from="lg" className="whitespace-nowrap">
        <code className="font-mono text-[0.8125rem]">{entry.mode.toString(8).padStart(4, "0")}</code>
      </Cell>
    </Row>
  );
}

function EntryName({ open, children }: { open: (() => void) | null; children: ReactNode }) {
  if (open === null) return <span className="truncate">{children}</span>;
  return (
    <button
      type="button"
      data-row-link
      onClick={open}
      className="truncate text-left font-medium hover:underline"
    >
      {children}
    </button>
  );
}
