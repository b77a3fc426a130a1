"use client";

import { Section } from "~/components/ui/section";
import { parentOf } from "~/domain/archive-path";
import type { Selection } from "~/domain/restore-selection";
import { FolderCrumbs } from "./folder-crumbs";
import { FolderStates } from "./folder-states";
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
        <FolderStates
          query={query}
          shown={entries.length}
          words={{
            reading: "Reading the folder from the repository. A large archive takes some seconds.",
            failed: "This folder could not be read",
            cut: "Select the folder itself to restore all of it; the rest is in it too.",
            empty: "This folder is empty in this archive.",
          }}
        />
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
