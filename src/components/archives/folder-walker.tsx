"use client";

import { FolderOpen } from "lucide-react";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { parentOf } from "~/domain/archive-path";
import { formatCount } from "~/domain/quantity";
import type { Selection } from "~/domain/restore-selection";
import { FolderCrumbs } from "./folder-crumbs";
import { FolderTable } from "./folder-table";
import { useBackspace } from "./use-backspace";
import { useFolder, useFolderPath } from "./use-folder";

/** Walks an archive folder by folder. The open folder and the order stand in the address; what is ticked stays while walking. */
export function FolderWalker({
  archiveId,
  selection,
  toggle,
}: {
  archiveId: string;
  selection: Selection;
  toggle: (path: string) => void;
}) {
  const { path, open } = useFolderPath();
  const { query, entries, by, reversed, orderBy } = useFolder(archiveId, path);
  useBackspace(() => {
    if (path !== "") open(parentOf(path));
  });
  return (
    <Section
      title="Files"
      action={
        <span className="hidden text-[0.8125rem] text-ink-soft md:inline">
          <Key>j</Key> <Key>k</Key> move, <Key>Enter</Key> opens, <Key>x</Key> selects, <Key>Backspace</Key>{" "}
          goes up
        </span>
      }
    >
      <div className="grid gap-2">
        <FolderCrumbs path={path} open={open} />
        {query.isPending ? (
          <div className="grid gap-2">
            <p role="status" className="text-ink-soft">
              Reading the folder from the repository. A large archive takes some seconds.
            </p>
            <SkeletonRows />
          </div>
        ) : null}
        {query.isError ? (
          <ErrorState
            title="This folder could not be read"
            error={query.error}
            retry={() => void query.refetch()}
          />
        ) : null}
        {query.data?.truncated ? (
          <Notice tone="warn" title={`Only the first ${formatCount(entries.length)} entries are shown`}>
            Select the folder itself to restore all of it; the rest is in it too.
          </Notice>
        ) : null}
        {query.data && entries.length === 0 ? (
          <EmptyState icon={FolderOpen} title="This folder is empty in this archive." />
        ) : null}
        {entries.length > 0 ? (
          <FolderTable
            key={path}
            folder={path}
            entries={entries}
            selection={selection}
            by={by}
            reversed={reversed}
            orderBy={orderBy}
            open={open}
            toggle={toggle}
          />
        ) : null}
      </div>
    </Section>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="rounded-sm border px-1 font-sans text-[0.75rem]">{children}</kbd>;
}
