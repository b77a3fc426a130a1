"use client";

import {
  File,
  FileQuestion,
  FileSymlink,
  Folder,
  FolderOpen,
  type LucideIcon,
  Plug,
  RefreshCw,
} from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Button } from "~/components/ui/button";
import { Bytes } from "~/components/ui/bytes";
import { Checkbox } from "~/components/ui/checkbox";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { joinPath, showPath } from "~/domain/archive-path";
import { orderEntries } from "~/domain/folder-order";
import { formatCount } from "~/domain/quantity";
import { FolderCrumbs } from "../archives/folder-crumbs";
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
      {query.isPending ? (
        <div className="grid gap-2">
          <p role="status" className="text-ink-soft">
            Asking the machine.
          </p>
          <SkeletonRows />
        </div>
      ) : null}
      {query.isError ? (
        <ErrorState
          title="This folder could not be looked into"
          error={query.error}
          retry={() => void query.refetch()}
        />
      ) : null}
      {query.data?.truncated ? (
        <Notice tone="warn" title={`Only the first ${formatCount(entries.length)} entries are shown`}>
          The folder holds more. Choose the folder itself to have all of it.
        </Notice>
      ) : null}
      {query.data && entries.length === 0 ? (
        <EmptyState icon={FolderOpen} title="This folder is empty." />
      ) : null}
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
  const Icon = ICONS[entry.type];
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
          <Icon
            aria-hidden
            className={isFolder ? "size-4 shrink-0 text-accent" : "size-4 shrink-0 text-ink-soft"}
          />
          <EntryName open={isFolder ? () => open(path) : null}>
            <NameText path={entry.name} />
            <span className="sr-only">, {KINDS[entry.type]}</span>
          </EntryName>
        </div>
      </Cell>
      <Cell number>
        {entry.type === "file" ? <Bytes value={entry.bytes} /> : <span className="text-ink-soft">-</span>}
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={entry.modifiedAt === null ? null : new Date(entry.modifiedAt)} absent="not told" />
      </Cell>
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
