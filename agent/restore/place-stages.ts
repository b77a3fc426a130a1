import type { Existing } from "~/protocol/restore-extras";
import type { TaskContext } from "../tasks/task";
import type { BegunRestore } from "./begin-restore";
import { restoredMark } from "./name-beside";
import type { PinnedFolder } from "./pinned-folder";
import { placeItems } from "./place-items";
import { keepRestoreRecord } from "./restore-record";
import { emptyFolder, type Stage } from "./stages";
import { syncFileSystem } from "./sync-file-system";
import type { SkippedItems } from "./watch-extract";
import { showPath } from "./written-list";

export interface Placed {
  replaced: number;
  keptBoth: number;
  skipped: number;
  /** False: it was stopped in the middle, and what is left waits in the stages. */
  done: boolean;
}

/** Moves what was extracted to its places, once it is on disk; from here on a job that resumes this one only does that. */
export async function placeStages(
  given: { stages: readonly Stage[]; target: PinnedFolder; begun: BegunRestore; existing: Existing },
  context: TaskContext,
  skipped: SkippedItems,
): Promise<Placed> {
  const { stages, target, begun, existing } = given;
  const placed: Placed = { replaced: 0, keptBoth: 0, skipped: 0, done: true };
  if (stages.length === 0) return placed;
  for (const { folder } of stages) await syncFileSystem(folder.real);
  begun.record.placing = true;
  await keepRestoreRecord(context.folder, begun.id, begun.record);
  const mark = restoredMark(new Date());
  const shown = (path: Buffer) => showPath(path.toString("utf8"));
  for (const stage of stages) {
    await placeItems(Buffer.from(stage.folder.path), Buffer.from(target.path), {
      ...{ existing, mark, signal: context.signal },
      onReplaced: () => {
        placed.replaced++;
      },
      onKeptBoth: (path, as) => {
        placed.keptBoth++;
        if (placed.keptBoth <= MOST_LOGGED) context.log("info", `${shown(path)} is there as ${shown(as)}`);
      },
      onSkipped: (path, why) => {
        placed.skipped++;
        const wanted = why === IS_THERE ? ([{ asAsked: true }] as const) : ([] as const);
        skipped.add({ path: shown(path), why }, ...wanted);
      },
    });
    if (context.signal.aborted) return { ...placed, done: false };
    await emptyFolder(stage.folder);
  }
  return placed;
}

/** Of names that were given beside others so many stand in the job's log. */
const MOST_LOGGED = 500;
const IS_THERE = "is there already";
