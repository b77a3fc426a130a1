"use client";

import { ChartBarBig, FolderOpen, GitCompareArrows } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { parentOf, showPath } from "~/domain/archive-path";
import { formatCount } from "~/domain/quantity";
import type { Selection } from "~/domain/restore-selection";
import { biggestAddress, compareAddress } from "./addresses";
import { FolderCrumbs } from "./folder-crumbs";
import { JumpToPath } from "./jump-to-path";
import { KeyHints } from "./key-hints";
import { ShownEntry } from "./shown-entry";
import { TreeTable } from "./tree-table";
import { useBackspace } from "./use-backspace";
import { useFolderOrder } from "./use-folder";
import { type BrowsedFolder, useTree } from "./use-tree";
import { useTreePlace } from "./use-tree-place";

/** The files of an archive as a tree. Where one stands in it is in the address; what is ticked stays while walking. */
export function ArchiveTree({
  archiveId,
  repositoryId,
  mayRestore,
  selection,
  toggle,
}: {
  archiveId: string;
  repositoryId: string;
  mayRestore: boolean;
  selection: Selection;
  toggle: (path: string) => void;
}) {
  const place = useTreePlace(archiveId);
  const order = useFolderOrder();
  const { path, expanded } = place;
  const tree = useTree({ archiveId, path, expanded, by: order.by, reversed: order.reversed });
  const { root } = tree;
  const view = { path, rows: tree.rows };
  const [last, setLast] = useState(view);
  // What was shown stays while the same folder is read in another order.
  if (root?.data && last.rows !== view.rows) setLast(view);
  const rows = root?.isPending && last.path === path ? last.rows : view.rows;
  /** The entry that takes the focus when the next folder is there; "" for its first. Null: one goes by mouse. */
  const focusNext = useRef<string | null>(null);
  useBackspace(() => {
    if (path === "") return;
    focusNext.current = path;
    place.open(parentOf(path));
  });
  const actions = {
    ...{ archiveId, repositoryId, mayRestore, toggle },
    ...{ expand: place.expand, warm: tree.warm },
    open: (folder: string, byKey: boolean) => {
      focusNext.current = byKey ? "" : null;
      place.open(folder);
    },
  };
  return (
    <Section title="Files" action={<ArchiveLooks archiveId={archiveId} />}>
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <FolderCrumbs path={path} open={place.open} />
          <JumpToPath key={path} archiveId={archiveId} place={place} />
        </div>
        {place.missed === null ? null : (
          <Notice
            tone="warn"
            title={`/${showPath(place.missed)} is not in this archive`}
            action={
              <Button size="small" onClick={place.forget}>
                Close
              </Button>
            }
          >
            This is the nearest folder that is.
          </Notice>
        )}
        {place.shown === null ? null : (
          <ShownEntry path={place.shown} selection={selection} actions={actions} forget={place.forget} />
        )}
        {root?.data ? <FromBorg folder={root.data} /> : null}
        {root?.isError ? (
          <ErrorState
            title="This folder could not be read"
            error={root.error}
            retry={() => void root.refetch()}
          />
        ) : null}
        {rows.length > 0 ? (
          <TreeTable
            key={path}
            rows={rows}
            selection={selection}
            shown={place.shown}
            order={order}
            focusNext={focusNext}
            actions={actions}
            more={tree.more}
          />
        ) : root?.isPending ? (
          <Reading />
        ) : root?.data ? (
          <EmptyState icon={FolderOpen} title="This folder is empty in this archive." />
        ) : null}
        <KeyHints mayRestore={mayRestore} />
      </div>
    </Section>
  );
}

function ArchiveLooks({ archiveId }: { archiveId: string }) {
  return (
    <span className="flex flex-wrap gap-2">
      <ButtonLink size="small" href={biggestAddress({ archiveId })}>
        <ChartBarBig aria-hidden />
        What is biggest
      </ButtonLink>
      <ButtonLink size="small" href={compareAddress({ archiveId })}>
        <GitCompareArrows aria-hidden />
        Compare
      </ButtonLink>
    </span>
  );
}

/** Not before it lasts: the catalog answers at once, and what flickers is read by nobody. */
function Reading() {
  return (
    <div className="fade-in grid animate-in gap-2 delay-200 fill-mode-both">
      <p role="status" className="text-ink-soft">
        Reading the folder. Without the catalog, a large archive takes some seconds.
      </p>
      <SkeletonRows />
    </div>
  );
}

function FromBorg({ folder }: { folder: BrowsedFolder }) {
  if (folder.source === "catalog") return null;
  return (
    <Notice
      tone={folder.truncated ? "warn" : "info"}
      title={
        folder.truncated
          ? `Only the first ${formatCount(folder.entries.length)} entries are shown`
          : "Read from the repository itself"
      }
    >
      The catalog does not hold this archive yet, so borg was asked: that is slower, and folders have no
      sizes. It is filled by itself after the backup was audited.
      {folder.truncated ? " To restore all of this folder, select the folder itself." : ""}
    </Notice>
  );
}
