"use client";

import { PlanCheckbox } from "./plan-checkbox";

/** Whether what programs call their caches is left out. */
export function LeaveOutCaches() {
  return (
    <PlanCheckbox
      name="excludeCaches"
      label="Leave out directories marked as caches"
      hint="Those with a CACHEDIR.TAG file in them: what programs say can be made again."
    />
  );
}

/** Whether what is mounted below a directory is left out. */
export function OneFileSystem() {
  return (
    <PlanCheckbox
      name="oneFileSystem"
      label="Stay on one file system"
      hint="Does not enter what is mounted below the directories, such as network shares and USB disks. A directory of the list that is a mount itself is read."
    />
  );
}
