import { performance } from "node:perf_hooks";
import type { DrillOrder } from "~/protocol/restore-drill";
import type { RestoreOrder } from "~/protocol/v1";
import { extractOptions } from "../restore/extract";
import { type Extracted, extractParts } from "../restore/extract-parts";
import { hashRestored } from "../restore/hash-restored";
import type { PinnedFolder } from "../restore/pinned-folder";
import { makePlain } from "../restore/plain-owners";
import { openScratch } from "../restore/scratch";
import { syncFileSystem } from "../restore/sync-file-system";
import { type SkippedItems, skippedItems } from "../restore/watch-extract";
import { agentProblemOf, type BorgAccess, openAccess } from "./borg-access";
import { checkArchives } from "./check-archive";
import { watchFreeSpace } from "./free-space";
import { selectionBatches } from "./selection";
import type { TaskContext, TaskEnd } from "./task";
import { toldCommand } from "./told-command";
import { countWritten } from "./written-items";

/**
 * Brings files back into a folder of its own below the restore folder, tells their hashes and how long it took until they were on disk, and
 * removes them. The machine's policy decides as for every restore. Whatever comes of it, nothing stays; what could not be removed is told, and
 * is removed at the agent's next start.
 */
export async function drill(order: RestoreOrder, asked: DrillOrder, context: TaskContext): Promise<TaskEnd> {
  const parts = [{ archive: order.archive, paths: order.paths }, ...(order.more ?? [])];
  for (const part of parts) selectionBatches(part.paths);
  const access = await openAccess(context, order.repository, "read");
  await checkArchives(
    parts.map(({ archive }) => archive),
    context,
    access,
  );
  const scratch = await openScratch(order, context);
  let left: string | null = null;
  let end: TaskEnd;
  try {
    end = await bringAndHash(scratch.folder, { order, asked, parts }, context, access);
  } finally {
    left = await scratch.remove();
  }
  if (left === null || end.result?.kind !== "restore" || !end.result.drilled) return end;
  return { ...end, result: { ...end.result, drilled: { ...end.result.drilled, left } } };
}

async function bringAndHash(
  folder: PinnedFolder,
  given: { order: RestoreOrder; asked: DrillOrder; parts: Parameters<typeof extractParts>[0]["parts"] },
  context: TaskContext,
  access: BorgAccess,
): Promise<TaskEnd> {
  const { order, asked, parts } = given;
  context.log("info", `Restoring into ${folder.real}, to hash it and remove it again`);
  const collected = skippedItems();
  const written = countWritten(() => undefined);
  const space = watchFreeSpace(folder.path, context.signal);
  const began = performance.now();
  try {
    const extracted = await extractParts(
      {
        ...{ jobId: order.jobId, parts, owners: "none", target: folder, stages: [], mounts: [] },
        ...{ onlyMissing: false, resumes: false, mayMakeDevices: false, totals: order.totals ?? null },
        signal: space.signal,
        onPartDone: async () => undefined,
      },
      written,
      withoutDevices(collected),
      context,
      access,
    );
    const { files, directories, bytes } = await written.finish();
    const failed = whyFailed(extracted, folder, space.ranOut());
    if (failed && context.signal.aborted) return STOPPED;
    if (failed) return failed;
    await syncFileSystem(folder.real);
    const milliseconds = Math.max(1, Math.round(performance.now() - began));
    // An account that is not root cannot read what its owner may not.
    await makePlain(Buffer.from(folder.path), () => undefined);
    const hashed = await hashRestored(folder, asked, context);
    if (context.signal.aborted) return STOPPED;
    return {
      state: collected.problems() > 0 ? "warned" : "succeeded",
      result: {
        ...{ kind: "restore", writtenTo: null, files, directories, bytes, ...collected.told() },
        borgExitCode: extracted.end.exitCode,
        command: toldCommand(context.borg.path, [
          ...extractOptions("none", { totalsKnown: order.totals !== undefined }),
          `${access.url}::${order.archive.name}`,
        ]),
        drilled: { ...hashed, milliseconds, left: null },
      },
    };
  } finally {
    space.stop();
  }
}

const STOPPED: TaskEnd = { state: "stopped", say: "What had come is removed again." };

function whyFailed({ end, ranOut }: Extracted, folder: PinnedFolder, spaceRanOut: boolean): TaskEnd | null {
  if (ranOut || spaceRanOut) {
    const say = `The disk of ${folder.real} has not enough room for this drill, so it was stopped and what had come is removed again. Make room, or drill fewer files.`;
    return { state: "failed", problem: { code: "disk-full", say } };
  }
  const problem = agentProblemOf(end);
  if (problem === null) return null;
  const say = `${problem.say} What had come is removed again.`;
  return { state: "failed", problem: { code: problem.code, say } };
}

/** A drill makes no devices, and nothing can be compared with one. */
function withoutDevices(collected: SkippedItems): SkippedItems {
  return {
    ...collected,
    add: (skipped, given) =>
      /^mknod: \[Errno 1\]/.test(skipped.why) ? undefined : collected.add(skipped, given),
  };
}
