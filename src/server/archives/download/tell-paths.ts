import { showPath } from "~/domain/archive-path";

/** Paths in half a sentence: one by name, several by their number, none: everything. */
export function tellPaths(paths: readonly string[]): string {
  const [first] = paths;
  if (first === undefined) return "all files";
  return paths.length === 1 ? `/${showPath(first)}` : `${paths.length} files or folders`;
}
