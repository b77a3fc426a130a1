import { join } from "node:path";
import type { ArchiveItem } from "~/borg/archive-items";
import type { ArchivePart } from "~/protocol/restore-extras";
import type { BorgAccess } from "../tasks/borg-access";
import type { TaskContext } from "../tasks/task";
import { type LeftOut, leftOutItems } from "./left-out";
import { listItems } from "./list-items";
import { isWhole, lookAtTarget } from "./look-at-target";
import { missingPaths } from "./missing-paths";
import { mountFor } from "./stages";
import type { SkippedItems } from "./watch-extract";
import { listingProgress } from "./would-write";

export interface PreparedPart {
  leftOut: LeftOut;
  /** What is left to extract. */
  files: number;
  bytes: number;
  /** On which of the target's mounts something of it lies. */
  mounts: Set<string>;
  /** Whole from an earlier job. */
  whole: { files: number; bytes: number };
}

/**
 * Goes through a part before it is extracted and finds what need not be: what is whole from the job that this one resumes, and with
 * `onlyMissing` what is in the target already. `writtenTo` is where that job wrote, by mount.
 */
export async function preparePart(
  part: ArchivePart,
  look: {
    jobId: string;
    /** Null: nothing is skipped for being there. */
    onlyMissingIn: string | null;
    mounts: readonly string[];
    writtenTo: ReadonlyMap<string, string>;
    resumes: boolean;
  },
  context: TaskContext,
  access: BorgAccess,
  skipped: SkippedItems,
): Promise<PreparedPart> {
  const leftOut = await leftOutItems(join(context.folder.restores, `${look.jobId}.patterns`));
  const inTarget = look.onlyMissingIn === null ? null : lookAtTarget(look.onlyMissingIn);
  const written = new Map([...look.writtenTo].map(([mount, folder]) => [mount, lookAtTarget(folder)]));
  const missing = missingPaths(part.paths);
  const [mounts, takenBack] = [new Set<string>(), new Set<string>()];
  const whole = { files: 0, bytes: 0 };
  let [files, bytes, seen] = [0, 0, 0];

  /** The first name of a hard link is extracted with all its others, or none of them would be linked to it. */
  const takeBackFirstName = (item: ArchiveItem) => {
    const first = item.target;
    if (first === null || takenBack.has(first)) return;
    const there = written.get(mountFor(first, look.mounts))?.(first);
    if (there === undefined || typeof there === "string" || !there.isFile()) return;
    takenBack.add(first);
    const size = Number(there.size);
    leftOut.takeBack({ path: first, size });
    whole.files--;
    whole.bytes -= size;
    files++;
    bytes += size;
  };
  const onItem = (item: ArchiveItem) => {
    missing.seen(item.path);
    seen++;
    if (seen % 1000 === 0) context.progress(listingProgress(seen));
    const mount = mountFor(item.path, look.mounts);
    if (item.type === "d") {
      mounts.add(mount);
      return;
    }
    const there = inTarget?.(item.path) ?? "nothing";
    if (there !== "nothing") {
      leftOut.add(item);
      const path = Buffer.from(item.path, "latin1").toString("utf8");
      if (there === "behind-a-link") skipped.add({ path, why: "lies behind a link, or below a file" });
      else skipped.add({ path, why: "is there already" }, { asAsked: true });
      return;
    }
    mounts.add(mount);
    if (look.resumes && item.type === "h") takeBackFirstName(item);
    if (look.resumes && isWhole(item, written.get(mount)?.(item.path) ?? "nothing")) {
      leftOut.add(item);
      whole.files++;
      whole.bytes += item.size;
      return;
    }
    files++;
    bytes += item.size;
  };
  await listItems(part, context, access, onItem);
  for (const path of missing.missing()) skipped.add({ path, why: "is not in the archive" });
  return { leftOut: await leftOut.close(), files, bytes, mounts, whole };
}
