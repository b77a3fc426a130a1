import { isBelow } from "~/domain/archive-path";
import { fromPlanPath } from "./disk-path";

/** The folders with which looking at a machine begins: what its policy lets be read. `null`: everything, from the top. */
export function readableRoots(readPaths: readonly string[]): string[] | null {
  const roots = readPaths.map(fromPlanPath);
  return roots.includes("") ? null : roots;
}

/** Whether a folder may be looked into, as far as the policy's paths tell. */
export function isReadable(path: string, roots: readonly string[] | null): boolean {
  return roots === null || roots.some((root) => root === path || isBelow(path, root));
}
