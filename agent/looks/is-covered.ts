import type { FindGapsOrder } from "~/protocol/looks";
import { isWithin } from "../allowed-paths";
import { type Mount, mountOf } from "./mounts";
import { leavesOut } from "./patterns";

type Reading = FindGapsOrder["plans"][number];

/**
 * Whether somebody decided about a path in this plan: one of its directories holds it (on the same file system, if the plan stays on one),
 * or is it, and then it is read or left out by a pattern; or a pattern names it.
 */
export function isCovered(path: string, plan: Reading, mounts: readonly Mount[]): boolean {
  const reads = plan.sources.some(
    (source) =>
      isWithin(source, path) &&
      (!plan.oneFileSystem || mountOf(mounts, source)?.point === mountOf(mounts, path)?.point),
  );
  // With one file system, a pattern for a folder that is another one shows that it is known and not wanted.
  return reads || leavesOut(plan.excludes, path);
}
