import { showPath } from "./archive-path";
import { listWords } from "./plan-words";
import { formatCount } from "./quantity";
import type { Selection } from "./restore-selection";
import type { RestoreTarget } from "./restore-target";

/** What a restore is about to do, as the wizard's last step says it. */
export interface RestorePlan {
  archiveName: string;
  clientName: string;
  /** Null: everything in the archive. */
  selection: Selection | null;
  target: RestoreTarget;
  restoreFolder: string | null;
}

/** One sentence for the whole restore, then one for what happens to what is there already. */
export function tellRestorePlan(plan: RestorePlan): { what: string; existing: string } {
  const what =
    plan.selection === null
      ? "everything"
      : plan.selection.length <= 3
        ? listWords(plan.selection.map((path) => `/${showPath(path)}`))
        : `${formatCount(plan.selection.length)} files and folders`;
  return {
    what: `Reads ${what} from ${plan.archiveName} and writes ${placeOf(plan)} on ${plan.clientName}. The archive stays as it is.`,
    existing: existingOf(plan.target),
  };
}

/** Whether a restore may replace what is there now and therefore asks for a typed confirmation. */
export function mayOverwrite(target: RestoreTarget): boolean {
  return target.kind === "original";
}

/** Null: the folder may be asked for. Else what is wrong with it, before the machine's policy is even looked at. */
export function whyFolderUnusable(path: string): string | null {
  if (path.trim() === "") return "Type the folder to restore into.";
  if (!path.startsWith("/")) return "Start at the top: /srv/restore, not srv/restore.";
  if (path.includes("\0") || path.length > 4096) return "No Linux system takes this path.";
  return path.split("/").includes("..") ? "Write the folder without “..”." : null;
}

function placeOf(plan: RestorePlan): string {
  switch (plan.target.kind) {
    case "restore-folder":
      return plan.restoreFolder === null
        ? "it into the machine's restore folder"
        : `it into a new folder below ${plan.restoreFolder}`;
    case "folder":
      return `it below ${plan.target.path}`;
    case "original":
      return "it back to where it came from";
  }
}

function existingOf(target: RestoreTarget): string {
  switch (target.kind) {
    case "restore-folder":
      return "Nothing that exists is touched: the folder is new and named after the job.";
    case "folder":
      return "The machine writes with its own paths below that folder. Files of the same path there are replaced.";
    case "original":
      return "Files that exist at these places are replaced by those of the archive. What was changed since is lost. Files that are not in the archive stay.";
  }
}
