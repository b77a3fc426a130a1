"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { ArchiveTree } from "~/components/archives/archive-tree";
import { cn } from "~/components/ui/class-names";
import { ChosenList } from "./chosen-list";
import { FileSearch } from "./file-search";
import { TypePath } from "./type-path";
import type { Chosen } from "./use-chosen";

const WAYS = ["browse", "search", "path"] as const;
const WORDS: Record<(typeof WAYS)[number], string> = {
  browse: "Browse",
  search: "Search all versions",
  path: "Type a path",
};

/** Three ways to what is wanted: the tree of the archive, a search over every version, a typed path. What is chosen stays while one changes between them. */
export function ChooseFiles({
  archive,
  chosen,
}: {
  archive: { id: string; repositoryId: string };
  chosen: Chosen;
}) {
  const [way, setWay] = useQueryState(
    "find",
    parseAsStringLiteral(WAYS).withDefault("browse").withOptions({ history: "replace" }),
  );
  return (
    <div className="grid min-w-0 gap-4">
      <fieldset className="min-w-0 overflow-x-auto border-b">
        <legend className="sr-only">How to find it</legend>
        <div className="flex gap-1">
          {WAYS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === way}
              onClick={() => void setWay(one)}
              className={cn(
                "-mb-px whitespace-nowrap border-b-2 px-3 py-2",
                one === way
                  ? "border-accent font-medium text-ink"
                  : "border-transparent text-ink-soft hover:text-ink",
              )}
            >
              {WORDS[one]}
            </button>
          ))}
        </div>
      </fieldset>
      {way === "browse" ? (
        <ArchiveTree
          archiveId={archive.id}
          repositoryId={archive.repositoryId}
          mayRestore
          selection={chosen.selection}
          toggle={chosen.toggle}
        />
      ) : null}
      {way === "search" ? (
        <FileSearch scope={{ repositoryId: archive.repositoryId }} has={chosen.has} add={chosen.add} />
      ) : null}
      {way === "path" ? <TypePath add={(path) => chosen.add({ archiveId: archive.id, path })} /> : null}
      <ChosenList chosen={chosen} />
    </div>
  );
}
