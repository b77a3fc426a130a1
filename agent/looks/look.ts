import type { BrowseOrder, DryRunOrder, FindGapsOrder } from "~/protocol/looks";
import type { JobOrder } from "~/protocol/v1";
import type { LookContext, TaskEnd } from "../tasks/task";
import { browseDisk } from "./browse-disk";
import { dryRun } from "./dry-run";
import { findGaps } from "./find-gaps";

export type LookOrder = BrowseOrder | DryRunOrder | FindGapsOrder;

/** Whether an order only looks at this machine: it needs no repository and changes nothing. */
export function isLook(order: JobOrder): order is LookOrder {
  return order.kind === "browse-disk" || order.kind === "dry-run" || order.kind === "find-gaps";
}

/** Does one look. Each asks this machine's own policy first. */
export function look(order: LookOrder, context: LookContext): Promise<TaskEnd> {
  switch (order.kind) {
    case "browse-disk":
      return browseDisk(order, context);
    case "dry-run":
      return dryRun(order, context);
    case "find-gaps":
      return findGaps(order, context);
  }
}
