import type { PlanObjectives, PlanOptions } from "./plan-options";

/** A plan that asks for nothing of it; also what an older row lacks: read stored options as `{ ...NO_OPTIONS, ...row.options }`. */
export const NO_OPTIONS: PlanOptions = {
  uploadKibPerSecond: null,
  uploadWindows: [],
  checkpointMinutes: null,
  filesCache: "ctime,size,inode",
  numericIds: false,
  noAcls: false,
  noXattrs: false,
  noFlags: false,
  sparse: false,
  keepExcludeTags: false,
  excludeIfPresent: [],
  limitMinutes: null,
  databases: [],
  hooksBefore: [],
  hooksAfter: [],
  stopContainersLabelled: null,
  snapshot: "none",
  drill: null,
};

/** Nothing is promised. Values alone stand here: pages that only say what a plan asks for load no zod. */
export const NO_OBJECTIVES: PlanObjectives = { rpoHours: null, restoreProvenDays: null, offsiteHours: null };
