import { NO_OBJECTIVES, NO_OPTIONS } from "./no-options";
import type { PlanDraft } from "./plan-input";

/** What is right for most: the fast middle of zstd, and nothing that other machines serve. */
export const EMPTY_PLAN: PlanDraft = {
  clientId: "",
  repositoryId: "",
  name: "",
  sources: [],
  excludes: [],
  compression: "zstd,3",
  oneFileSystem: false,
  excludeCaches: true,
  keep: null,
  moreRepositoryIds: [],
  options: NO_OPTIONS,
  objectives: NO_OBJECTIVES,
  schedule: null,
};

/** The first directory of `sources` that stands below another one and is therefore read anyway; null if there is none. */
export function findNestedSource(sources: readonly string[]): { path: string; within: string } | null {
  const tidy = sources.map((path) => ({ path, prefix: `${path.replace(/\/+$/, "")}/` }));
  for (const inner of tidy) {
    const outer = tidy.find(
      (other) => other !== inner && inner.prefix.startsWith(other.prefix) && inner.prefix !== other.prefix,
    );
    if (outer) return { path: inner.path, within: outer.path };
  }
  return null;
}
