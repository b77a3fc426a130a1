import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { AgentProblem } from "../agent-problem";
import { errorCode } from "../durable-file";
import { readMounts } from "../looks/mounts";
import { selectionBatches } from "../tasks/selection";
import type { BegunRestore } from "./begin-restore";
import { openBelow, type PinnedFolder, pinFolder, SLASH } from "./pinned-folder";

/** Where the system shows itself; nothing is restored into these. */
const NOT_DATA = new Set(
  "proc sysfs devtmpfs devpts mqueue hugetlbfs debugfs tracefs securityfs cgroup cgroup2 pstore bpf configfs fusectl binfmt_misc efivarfs autofs nsfs rpc_pipefs".split(
    " ",
  ),
);

/** A private folder on one file system of the target, from which what is restored is moved to its places. */
export interface Stage {
  folder: PinnedFolder;
  /** The mounted folder on which it lies, below the target, as a binary string; "": the target itself. */
  at: string;
  /** Other mounts inside that one. */
  without: string[];
}

/** Opens the stages of a restore: one on each file system where something of the selections may lie. */
export async function openStages(
  target: PinnedFolder,
  selections: readonly (readonly string[])[],
  begun: BegunRestore,
): Promise<{ stages: Stage[]; mounts: string[] }> {
  const mounts = await mountsBelow(target.real);
  const batches = selections.flatMap((paths) => selectionBatches(paths));
  const stages: Stage[] = [];
  for (const at of [...mounts, ""]) {
    const without = mounts.filter((mount) => mount !== at && isInside(mount, at));
    if (!batches.some((batch) => selectedOn({ at, without }, batch) !== null)) continue;
    const stage = await openStage(target, { at, without }, begun.id);
    if (stage === null) continue;
    if (!begun.resumes) await emptyFolder(stage.folder);
    stages.push(stage);
  }
  return { stages, mounts };
}

/** The mounted folders below a target, as binary strings, the innermost first. Without those that hold no files of anyone. */
async function mountsBelow(target: string): Promise<string[]> {
  const base = target === "/" ? "/" : `${target}/`;
  return (await readMounts())
    .filter(({ point, type }) => point.startsWith(base) && point !== "/" && !NOT_DATA.has(type))
    .map(({ point }) => Buffer.from(point.slice(base.length)).toString("latin1"))
    .sort((one, other) => other.length - one.length);
}

/** The mount of `mounts` in which a path of an archive would lie. */
export function mountFor(path: string, mounts: readonly string[]): string {
  return mounts.find((mount) => path === mount || path.startsWith(`${mount}/`)) ?? "";
}

/**
 * Opens the stage of a job on one file system; an earlier one of the same job is gone on with. 0700, and nobody's but ours: else it is
 * refused. Null: what is mounted there is no folder, or nothing can be written to it.
 */
async function openStage(
  target: PinnedFolder,
  { at, without }: Pick<Stage, "at" | "without">,
  jobId: string,
): Promise<Stage | null> {
  const real = `${target.real === "/" ? "" : target.real}/${Buffer.from(at, "latin1").toString("utf8")}`;
  const mounted = at === "" ? target : await pinFolder(real);
  if (mounted === null) return null;
  try {
    const name = stageName(jobId);
    const made = await makeFolder(Buffer.concat([Buffer.from(mounted.path), SLASH, name]));
    if (!made && at !== "") return null;
    const opened = await openBelow(Buffer.from(mounted.path), name);
    const found = await opened?.handle.stat();
    if (!opened || !found || found.uid !== (process.geteuid?.() ?? found.uid) || (found.mode & 0o077) !== 0) {
      await opened?.handle.close();
      throw new AgentProblem("policy-forbids-target", `${mounted.real}/${name} was not made by this agent.`);
    }
    const folder = {
      ...{ handle: opened.handle, path: opened.path.toString("utf8") },
      real: `${mounted.real === "/" ? "" : mounted.real}/${name}`,
    };
    return { folder, at, without };
  } finally {
    if (at !== "") await mounted.handle.close();
  }
}

/** Empties a folder; through its descriptor, because its name may lead elsewhere by now. */
export async function emptyFolder({ path }: Pick<PinnedFolder, "path">): Promise<void> {
  for (const name of await readdir(path, { encoding: "buffer" })) {
    await rm(Buffer.concat([Buffer.from(path), SLASH, name]), { recursive: true, force: true });
  }
}

/** Lets go of a stage, and takes it away if nothing is in it. */
export async function closeStage(stage: Stage, target: PinnedFolder): Promise<void> {
  const { real } = stage.folder;
  const name = real.slice(real.lastIndexOf("/") + 1);
  const parent = stage.at === "" ? target.path : real.slice(0, -name.length - 1);
  // Not empty: what is in it waits for a job that goes on.
  await rmdir(`${parent}/${name}`).catch(() => undefined);
  await stage.folder.handle.close();
}

/** What of a selection lies on one file system: paths below it, or all of it where a path above it was selected. */
export function selectedOn(stage: Pick<Stage, "at" | "without">, batch: readonly Buffer[]): Buffer[] | null {
  const mount = stage.at;
  if (batch.length === 0) return mount === "" ? [] : [Buffer.from(mount, "latin1")];
  const chosen = batch.map((path) => path.toString("latin1"));
  if (mount !== "" && chosen.some((path) => mount === path || isInside(mount, path)))
    return [Buffer.from(mount, "latin1")];
  const on = chosen.filter(
    (path) =>
      isInside(path, mount) && !stage.without.some((other) => path === other || isInside(path, other)),
  );
  return on.length === 0 ? null : on.map((path) => Buffer.from(path, "latin1"));
}

function isInside(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

/** False: nothing can be written there. */
async function makeFolder(path: Buffer): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    return errorCode(error) === "EEXIST";
  }
}

const stageName = (jobId: string) => Buffer.from(`.bbs-restore-${jobId}`);
