/** The part of a machine's policy that says where restores may be written. */
export interface RestorePolicy {
  restoreFolder: string;
  restorePaths: readonly string[];
  restoreToOriginal: boolean;
}

export type RestoreTarget =
  | { kind: "restore-folder" }
  | { kind: "folder"; path: string }
  | { kind: "original" };

/**
 * Whether the policy that the machine last told us allows a target: for a friendly answer before anything is queued. The
 * machine's agent enforces its own policy and may still say no (its policy changed, a symlink leads elsewhere). Null: allowed.
 */
export function whyTargetForbidden(
  policy: RestorePolicy,
  target: RestoreTarget,
  archive: { madeByClient: boolean },
): string | null {
  switch (target.kind) {
    case "restore-folder":
      return null;
    case "original":
      if (!policy.restoreToOriginal) {
        return 'This machine\'s own policy does not allow restores to the original place. Use the restore folder, or write "restoreToOriginal": true into policy.json on the machine.';
      }
      return archive.madeByClient
        ? null
        : "Only archives that this machine's agent made itself may be restored to the original place. Use the restore folder.";
    case "folder": {
      if (target.path.split("/").includes("..")) return "The folder must not contain “..”.";
      const allowed = [policy.restoreFolder, ...policy.restorePaths];
      if (allowed.some((folder) => isAtOrBelow(target.path, folder))) return null;
      return `This machine's own policy does not allow writing to ${target.path}. It allows: ${allowed.join(", ")}. Choose one of them, or add the folder to "restorePaths" in policy.json on the machine.`;
    }
  }
}

/** Whether a path is a folder or lies within it; both absolute, slashes and `.` do not matter. */
export function isAtOrBelow(path: string, folder: string): boolean {
  const [inner, outer] = [normal(path), normal(folder)];
  return outer === "" || inner === outer || inner.startsWith(`${outer}/`);
}

/** Without doubled and trailing slashes and `.` parts; `/` becomes empty. */
function normal(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length ? `/${parts.join("/")}` : "";
}
