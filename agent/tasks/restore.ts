import type { ArchivePart, Existing, Owners } from "~/protocol/restore-extras";
import type { AgentJobResult, RestoreOrder } from "~/protocol/v1";
import { beginRestore } from "../restore/begin-restore";
import { extractOptions } from "../restore/extract";
import { type Extracted, extractParts } from "../restore/extract-parts";
import type { PinnedFolder } from "../restore/pinned-folder";
import { placeStages } from "../restore/place-stages";
import { makePlain } from "../restore/plain-owners";
import { forgetRestoreRecord, keepRestoreRecord } from "../restore/restore-record";
import { closeStage, openStages } from "../restore/stages";
import { type SkippedItems, skippedItems } from "../restore/watch-extract";
import { wouldWrite } from "../restore/would-write";
import { showPath, writtenList } from "../restore/written-list";
import { agentProblemOf, type BorgAccess, openAccess } from "./borg-access";
import { checkArchives } from "./check-archive";
import { drill } from "./drill";
import { watchFreeSpace } from "./free-space";
import { restoreDatabase } from "./restore-database";
import { allMadeHere, allowedTarget, openTarget } from "./restore-target";
import { selectionBatches } from "./selection";
import type { TaskContext, TaskEnd } from "./task";
import { toldCommand } from "./told-command";
import { countWritten } from "./written-items";

type RestoreResult = Extract<AgentJobResult, { kind: "restore" }>;
interface Asked {
  parts: ArchivePart[];
  existing: Existing;
  owners: Owners;
}

/**
 * Brings files back. Where they may go is decided by the machine's policy alone (`allowedTarget`). Into a folder where something may be already
 * everything goes by way of a private stage when the order does not simply overwrite. Counts what is on disk afterwards. Something that
 * could not be restored makes the job `warned` with its name; nothing restored at all, or a disk that ran full, makes it failed: a part
 * is never called the whole. What ended early can be gone on with by a job that names this one.
 */
export async function restore(order: RestoreOrder, context: TaskContext): Promise<TaskEnd> {
  if (order.database) return restoreDatabase(order, order.database, context);
  if (order.drill) return drill(order, order.drill, context);
  const asked: Asked = {
    parts: [{ archive: order.archive, paths: order.paths }, ...(order.more ?? [])],
    existing: order.existing ?? "overwrite",
    owners: order.owners ?? "keep",
  };
  // Refuses paths that no archive holds before anything is done.
  for (const part of asked.parts) selectionBatches(part.paths);
  const allowed = await allowedTarget(order, context.policy, context.folder);
  const access = await openAccess(context, order.repository, "read");
  const archives = asked.parts.map(({ archive }) => archive);
  await checkArchives(archives, context, access);
  if (order.dryRun) return dryRun(asked, allowed.path, context, access);
  const target = await openTarget(allowed);
  try {
    return await restoreInto(target, order, asked, context, access);
  } finally {
    await target.handle.close();
  }
}

async function dryRun(
  asked: Asked,
  target: string,
  context: TaskContext,
  access: BorgAccess,
): Promise<TaskEnd> {
  const skipped = skippedItems();
  const told = await wouldWrite({ ...asked, target }, context, access, skipped);
  return {
    state: skipped.problems() > 0 ? "warned" : "succeeded",
    result: {
      ...{ kind: "restore", writtenTo: target, files: 0, directories: 0, bytes: 0, borgExitCode: 0 },
      ...skipped.told(),
      wouldWrite: told,
    },
  };
}

async function restoreInto(
  target: PinnedFolder,
  order: RestoreOrder,
  asked: Asked,
  context: TaskContext,
  access: BorgAccess,
): Promise<TaskEnd> {
  const begun = await beginRestore(order, target.real, context);
  const isFresh = order.target.kind === "restore-folder";
  const isStaged = !isFresh && (asked.existing !== "overwrite" || asked.owners === "none");
  const selections = asked.parts.map(({ paths }) => paths);
  const { stages, mounts } = isStaged
    ? await openStages(target, selections, begun)
    : { stages: [], mounts: [] };
  context.log("info", `Restoring into ${target.real}`);
  const skipped = skippedItems();
  const list = await writtenList(context.folder, order.jobId);
  const written = countWritten(list.add);
  const space = watchFreeSpace(target.path, context.signal);
  try {
    const extracted = await extractParts(
      {
        ...{ jobId: begun.id, owners: asked.owners, target, stages, mounts, resumes: begun.resumes },
        // What is done is not extracted again: it is being put in place, or was.
        parts: begun.record.placing ? [] : asked.parts.slice(begun.record.partsDone),
        onlyMissing: asked.existing === "only-missing" && !isFresh,
        mayMakeDevices: await allMadeHere(order, context.folder),
        totals: order.totals ?? null,
        signal: space.signal,
        onPartDone: async () => {
          begun.record.partsDone++;
          if (asked.parts.length > 1) await keepRestoreRecord(context.folder, begun.id, begun.record);
        },
      },
      written,
      skipped,
      context,
      access,
    );
    const { files, directories, bytes } = await written.finish();
    const ranOut = space.ranOut() || extracted.ranOut;
    const isWhole = agentProblemOf(extracted.end) === null && !ranOut;
    if (isWhole && asked.owners === "none") await giveToUs(isStaged ? stages : [{ folder: target }], skipped);
    const placed = isWhole
      ? await placeStages({ stages, target, begun, existing: asked.existing }, context, skipped)
      : null;
    const waits = isStaged && !placed?.done;
    const result: RestoreResult = {
      ...{ kind: "restore", writtenTo: target.real, directories, bytes },
      files: Math.max(0, files - (placed?.skipped ?? 0)),
      ...skipped.told(),
      borgExitCode: extracted.end.exitCode,
      command: toldCommand(context.borg.path, [
        ...extractOptions(asked.owners, { totalsKnown: order.totals !== undefined }),
        `${access.url}::${order.archive.name}`,
      ]),
      ...(placed ? { replaced: placed.replaced, keptBoth: placed.keptBoth } : {}),
      written: await list.close(),
      ...(begun.resumes ? { resumed: extracted.whole } : {}),
      ...(isStaged ? { waitsIn: waits ? stages.map(({ folder }) => folder.real).join(", ") : null } : {}),
    };
    const end = judge(result, extracted, context, { ranOut, problems: skipped.problems() });
    if (end.state === "succeeded" || end.state === "warned")
      await forgetRestoreRecord(context.folder, begun.id);
    return end;
  } finally {
    space.stop();
    for (const stage of stages) await closeStage(stage, target);
  }
}

async function giveToUs(folders: readonly { folder: PinnedFolder }[], skipped: SkippedItems): Promise<void> {
  for (const { folder } of folders) {
    await makePlain(Buffer.from(folder.path), (path) =>
      skipped.add({
        path: showPath(path.toString("utf8")),
        why: "is a device or the like, which has no usual owner",
      }),
    );
  }
}

function judge(
  result: RestoreResult,
  { end }: Extracted,
  context: TaskContext,
  known: { ranOut: boolean; problems: number },
): TaskEnd {
  const where = result.waitsIn ?? result.writtenTo;
  const soFar = `${result.files} files and ${result.directories} folders are in ${where}; the last file may be incomplete. ${
    result.waitsIn ? "Nothing is in its place yet. " : ""
  }Resume the restore to go on from there.`;
  if (known.ranOut) {
    const say = `The disk of ${where} ran out of space, so the restore was stopped. ${soFar} Make room first.`;
    return { state: "failed", problem: { code: "disk-full", say }, result };
  }
  const problem = agentProblemOf(end);
  if (context.signal.aborted && (problem || result.waitsIn)) return { state: "stopped", say: soFar, result };
  if (problem) {
    return { state: "failed", problem: { code: problem.code, say: `${problem.say} ${soFar}` }, result };
  }
  if (result.files + result.directories + (result.resumed?.files ?? 0) === 0 && known.problems > 0) {
    const first = result.skipped[0];
    const say = `Nothing was restored. ${first ? `${first.path}: ${first.why}` : ""}`;
    return { state: "failed", problem: { code: "borg-failed", say }, result };
  }
  return { state: known.problems > 0 ? "warned" : "succeeded", result };
}
