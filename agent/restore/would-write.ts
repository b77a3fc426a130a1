import { type ArchivePart, type Existing, MOST_NAMED_PATHS } from "~/protocol/restore-extras";
import type { AgentJobResult } from "~/protocol/v1";
import type { BorgAccess } from "../tasks/borg-access";
import type { TaskContext } from "../tasks/task";
import { listItems } from "./list-items";
import { lookAtTarget } from "./look-at-target";
import { missingPaths } from "./missing-paths";
import type { SkippedItems } from "./watch-extract";
import { showPath } from "./written-list";

type RestoreResult = Extract<AgentJobResult, { kind: "restore" }>;
type WouldWrite = NonNullable<RestoreResult["wouldWrite"]>;

/** Tells what a restore would do to the files below `target` (null: there is no such folder yet), and writes nothing. */
export async function wouldWrite(
  asked: { parts: readonly ArchivePart[]; target: string; existing: Existing },
  context: TaskContext,
  access: BorgAccess,
  skipped: SkippedItems,
): Promise<WouldWrite> {
  const none = () => ({ files: 0, bytes: 0 });
  const told: WouldWrite = {
    ...{ create: none(), replace: none(), keepBoth: none(), skip: none(), directories: 0, sample: [] },
  };
  const becomes = { overwrite: "replace", "keep-both": "keep-both", "only-missing": "skip" } as const;
  const countOf = { create: "create", replace: "replace", "keep-both": "keepBoth", skip: "skip" } as const;
  let files = 0;
  for (const part of asked.parts) {
    const there = lookAtTarget(asked.target);
    const missing = missingPaths(part.paths);
    await listItems(part, context, access, (item) => {
      missing.seen(item.path);
      if (item.type === "d") {
        told.directories++;
        return;
      }
      const found = there(item.path);
      if (found === "behind-a-link") {
        const path = showPath(Buffer.from(item.path, "latin1").toString("utf8"));
        skipped.add({ path, why: "lies behind a link, or below a file" });
        return;
      }
      const what = found === "nothing" ? "create" : becomes[asked.existing];
      const counts = told[countOf[what]];
      counts.files++;
      counts.bytes += item.size;
      if (told.sample.length < MOST_NAMED_PATHS) {
        const path = showPath(Buffer.from(item.path, "latin1").toString("utf8")).slice(0, 4200);
        told.sample.push({ path, becomes: what, bytes: item.size });
      }
      files++;
      if (files % 1000 === 0) context.progress(listingProgress(files));
    });
    for (const path of missing.missing()) skipped.add({ path, why: "is not in the archive" });
  }
  return told;
}

export function listingProgress(files: number) {
  return {
    ...{ phase: "listing", files, originalBytes: 0, compressedBytes: 0, deduplicatedBytes: 0 },
    ...{ totalBytes: null, totalFiles: null, currentPath: null },
  };
}
