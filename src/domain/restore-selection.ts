import { type ArchivePath, comparePaths, fromAddress, isBelow, toAddress, trailOf } from "./archive-path";

/**
 * What a person has ticked in an archive: paths, ordered by bytes, none below another (a ticked folder means all that is in it).
 * Empty means nothing is ticked; "everything" is a choice of its own and never an empty selection.
 */
export type Selection = readonly ArchivePath[];

/** How much of `path` is selected. `within`: a folder above it is; `partly`: something below it is. */
export type Cover = "picked" | "within" | "partly" | "none";

export function coverOf(selection: Selection, path: ArchivePath): Cover {
  if (selection.includes(path)) return "picked";
  if (selection.some((picked) => isBelow(path, picked))) return "within";
  return selection.some((picked) => isBelow(picked, path)) ? "partly" : "none";
}

/** Ticks or unticks. Ticking a folder takes the place of what was ticked below it; what lies within a ticked folder stays. */
export function togglePath(selection: Selection, path: ArchivePath): Selection {
  const cover = coverOf(selection, path);
  if (cover === "within") return selection;
  if (cover === "picked") return selection.filter((picked) => picked !== path);
  return [...selection.filter((picked) => !isBelow(picked, path)), path].sort(comparePaths);
}

/** The selection as a text for an address; whoever keeps it sees to its length. */
export function selectionToAddress(selection: Selection): string {
  return selection.map(toAddress).join(".");
}

/** Reads what `selectionToAddress` wrote. Parts that are no paths are left out: an address is typed by anyone. */
export function selectionFromAddress(text: string): Selection {
  const paths = text
    .split(".")
    .map(fromAddress)
    .filter((path): path is ArchivePath => path !== null && path !== "");
  const kept = new Set<ArchivePath>();
  // A folder comes before what is in it.
  for (const path of [...new Set(paths)].sort(comparePaths)) {
    if (!trailOf(path).some((above) => kept.has(above.path))) kept.add(path);
  }
  return [...kept];
}
