import { showPath } from "./archive-path";
import { listWords } from "./plan-words";
import { formatCount } from "./quantity";
import type { Existing, Owners, RestorePlace } from "./restore-request";
import type { Selection } from "./restore-selection";

/** What a restore is about to do, as the wizard's last step says it. */
export interface RestorePlan {
  /** In the order in which they are written; `selection` null: everything in the archive. */
  parts: readonly { archiveName: string; selection: Selection | null }[];
  /** The machine that is written on, and whether it is another than the one that made the archives. */
  toName: string;
  isOther: boolean;
  target: RestorePlace;
  /** Of the machine that is written on, or of the server; null: not known. */
  restoreFolder: string | null;
  existing: Existing;
  owners: Owners;
}

/** What is done, what happens to what is there already, whose the files are then, and how it travels. Together one paragraph. */
export function tellRestorePlan(plan: RestorePlan): {
  what: string;
  existing: string;
  owners: string;
  travels: string | null;
} {
  const [only, ...more] = plan.parts;
  const from = plan.parts.map((part) => `${wantedOf(part.selection)} from ${part.archiveName}`);
  const order = more.length === 0 || !only ? "" : " Of the same path the later one stays.";
  const archives = more.length === 0 ? "The archive stays as it is." : "The archives stay as they are.";
  return {
    what: `Reads ${from.join(", then ")} and writes ${placeOf(plan)}.${order} ${archives}`,
    existing: existingOf(plan),
    owners: ownersOf(plan.owners),
    travels: plan.isOther
      ? `${plan.toName} gets only what is chosen here, in a repository of its own that is removed when the restore has ended. It never gets the key of the one that it comes from.`
      : null,
  };
}

/** What was asked of what is there already, for the job's page. */
export const EXISTING_SAID: Record<Existing, string> = {
  overwrite: "is replaced",
  "keep-both": "stays, with what comes back beside it",
  "only-missing": "stays; only what is missing is written",
};

/** Whose the files were asked to be. */
export const OWNERS_SAID: Record<Owners, string> = {
  keep: "as they were",
  numeric: "by their numbers",
  none: "whoever restores",
};

/** Whether what is there can be in the way at all: a new folder is empty. */
export function mayMeetFiles(target: RestorePlace): boolean {
  return target.kind === "original" || target.kind === "folder";
}

/** Whether a restore may replace what is there now and therefore asks for a typed confirmation. */
export function mayOverwrite(plan: Pick<RestorePlan, "target" | "existing">): boolean {
  return mayMeetFiles(plan.target) && plan.existing === "overwrite";
}

/** Null: the folder may be asked for. Else what is wrong with it, before the machine's policy is even looked at. */
export function whyFolderUnusable(path: string): string | null {
  if (path.trim() === "") return "Type the folder to restore into.";
  if (!path.startsWith("/")) return "Start at the top: /srv/restore, not srv/restore.";
  if (path.includes("\0") || path.length > 4096) return "No Linux system takes this path.";
  return path.split("/").includes("..") ? "Write the folder without “..”." : null;
}

/** `everything`, up to three paths, or how many. */
export function wantedOf(selection: Selection | null): string {
  if (selection === null) return "everything";
  if (selection.length > 3) return `${formatCount(selection.length)} files and folders`;
  return listWords(selection.map((path) => `/${showPath(path)}`));
}

function placeOf({ target, restoreFolder, toName }: RestorePlan): string {
  switch (target.kind) {
    case "restore-folder":
      return restoreFolder === null
        ? `it into the restore folder of ${toName}`
        : `it into a new folder below ${restoreFolder} on ${toName}`;
    case "server-folder":
      return restoreFolder === null
        ? "it into a new folder of the storage server that only root reads"
        : `it into a new folder below ${restoreFolder} on the storage server`;
    case "folder":
      return `it below ${target.path} on ${toName}`;
    case "original":
      return `it back to where it came from on ${toName}`;
  }
}

function ownersOf(owners: Owners): string {
  switch (owners) {
    case "keep":
      return "Owners, permissions and times come back as they were; an owner whose name the machine does not know comes back by its number.";
    case "numeric":
      return "Owners come back by their numbers, whatever the machine calls them; permissions and times as they were.";
    case "none":
      return "Files belong to whoever restores, with the usual permissions; times come back as they were.";
  }
}

function existingOf({ target, existing }: RestorePlan): string {
  if (!mayMeetFiles(target)) {
    return "Nothing that exists is touched: the folder is new and named after the job.";
  }
  const where = target.kind === "folder" ? "below that folder" : "at these places";
  switch (existing) {
    case "overwrite":
      return `Files that exist ${where} are replaced by those of the archive, and what was changed in them since is lost. Files that are not in the archive stay.`;
    case "keep-both":
      return `No file that exists ${where} is lost: where one is in the way, the one of the archive comes beside it as “name (restored …)”.`;
    case "only-missing":
      return `Files that exist ${where} stay as they are; only what is missing is written.`;
  }
}
