"use client";

import { ArchiveList } from "./archive-list";
import { FileResults } from "./file-results";
import { FileSearchBox } from "./file-search-box";
import { useFileFilters } from "./use-file-search";

/** Every archive that is there; in its place, while something is searched for, the files that were found in them. */
export function ArchivesPage() {
  const { isSearching } = useFileFilters();
  return (
    <>
      <FileSearchBox />
      {isSearching ? <FileResults /> : <ArchiveList />}
    </>
  );
}
