import type { Stats } from "node:fs";
import { access, constants, lstat, mkdir } from "node:fs/promises";
import { join, posix } from "node:path";
import type { BorgLogLine } from "~/borg/log-json";
import type { BorgEnd } from "~/borg/run";
import { type DryRunOrder, type DryRunResult, MOST_SAMPLES } from "~/protocol/looks";
import { isWithin } from "../allowed-paths";
import { usableBorg } from "../borg-program";
import { agentProblemOf, runForTask } from "../tasks/borg-access";
import { checkSources, filterArguments, sortSources } from "../tasks/plan-sources";
import type { LookContext, TaskContext, TaskEnd } from "../tasks/task";
import { findItem } from "../tasks/written-items";
import { demandLook, type LookLimits } from "./demand-look";
import { includedSum } from "./included";
import { encode, leftOutBy } from "./left-out";
import { type Mount, mayHang, mountOf, readMounts } from "./mounts";
import { pausableQueue } from "./pausable-queue";

/** A dry run of a million files takes a minute or two; longer than this nobody waits for it. */
const LONGEST_MS = 10 * 60_000;
/** Of it, for counting what is left out. */
const LEFT_OUT_MS = 60_000;
/** Names that are not text cost a look through their folder each. */
const MOST_ODD_NAMES = 5000;

/**
 * What a backup with these settings would read. borg itself says so (`create --dry-run --list`, for which it opens no repository: 1.2.4 and
 * 1.4.0), with the same arguments as a backup; here it is only counted. Reads no content. Corrects where a dry run of borg differs from a
 * backup: sockets are never stored, a kept tag brings its folder with it, and an unreadable file is not in the archive.
 */
export async function dryRun(order: DryRunOrder, context: LookContext): Promise<TaskEnd> {
  const limits = await demandLook(context.policy, context.folder);
  await checkSources(order.sources, context);
  const { there, missing } = await sortSources(order.sources);
  const borg = await usableBorg(context.policy.policy);
  const began = performance.now();
  const limit = AbortSignal.timeout(LONGEST_MS);
  const count = await counting(order, limits, AbortSignal.any([context.signal, limit]));
  const end = there.length === 0 ? null : await runDry(order, { ...context, borg }, there, { count, limit });
  if (context.signal.aborted) return { state: "stopped", say: "Nothing was changed." };
  const problem = end && !limit.aborted ? agentProblemOf(end) : null;
  if (problem) throw problem;
  const result: DryRunResult = {
    kind: "dry-run",
    ...count.result(),
    missing: missing.map((source) => source.slice(0, 4096)),
    complete: !limit.aborted,
    seconds: Math.round(performance.now() - began) / 1000,
    borgVersion: borg.version.text,
  };
  return { state: "succeeded", result };
}

type Count = Awaited<ReturnType<typeof counting>>;

async function runDry(
  order: DryRunOrder,
  context: TaskContext,
  sources: readonly string[],
  { count, limit }: { count: Count; limit: AbortSignal },
): Promise<BorgEnd> {
  await mkdir(context.folder.borgBase, { recursive: true, mode: 0o700 });
  const queue = pausableQueue<BorgLogLine>((lines) => count.take(lines, context.progress));
  const end = await runForTask(context, {
    command: context.borg.path,
    args: [
      "create",
      "--dry-run",
      "--list",
      "--log-json",
      ...filterArguments(order, context.folder.folder),
      "--",
      // Never opened or made in a dry run.
      `${join(context.folder.state, "no-repository")}::dry-run`,
      ...sources,
    ],
    env: {
      BORG_BASE_DIR: context.folder.borgBase,
      // There is no C.UTF-8 on macOS; borg needs some UTF-8 locale for file names.
      ...(process.platform === "darwin" ? { LANG: "en_US.UTF-8" } : {}),
    },
    onLog: queue.add,
    whenBehind: queue.whenBehind,
    signal: AbortSignal.any([context.signal, limit]),
  });
  await queue.drained();
  return end;
}

/** Turns borg's lines into sums, in their order. */
async function counting(order: DryRunOrder, limits: LookLimits, signal: AbortSignal) {
  const mounts = await readMounts();
  const included = includedSum();
  const leftOut = leftOutBy(order, { ...measuring(order, limits, mounts, signal), budgetMs: LEFT_OUT_MS });
  const unreadable = { files: 0, samples: [] as string[] };
  const problems: string[] = [];
  let problemCount = 0;
  // Files of one folder that came one after the other: before a folder that is left out they are its kept tags.
  let run = { folder: "", files: 0, bytes: 0 };
  const own = (path: string) => isWithin(limits.own.place, path);
  const odd = new Set<string>();
  const mayNotRead = (process.getuid?.() ?? 0) !== 0;

  const cannotRead = (path: string) => {
    unreadable.files++;
    if (unreadable.samples.length < MOST_SAMPLES) unreadable.samples.push(encode(path));
  };
  const look = async (path: string): Promise<Stats | null> => {
    try {
      return await lstat(path);
    } catch {
      // Gone since, or a name that borg could only print with question marks.
      return path.includes("?") && odd.size < MOST_ODD_NAMES
        ? findItem("/", path.replace(/^\/+/, ""), odd)
        : null;
    }
  };
  const readable = async (path: string, stat: Stats | null) =>
    !mayNotRead || !stat?.isFile() || (await access(path, constants.R_OK).then(yes, no));

  return {
    async take(lines: readonly BorgLogLine[], progress: TaskContext["progress"]): Promise<void> {
      const listed = lines.filter((line) => line.type === "file_status" && line.status === "-");
      const stats = await Promise.all(
        listed.map((line) => (line.type === "file_status" ? look(line.path) : null)),
      );
      let at = 0;
      for (const line of lines) {
        if (line.type === "log_message" || line.type === "text") {
          if (line.type === "log_message" && !["WARNING", "ERROR", "CRITICAL"].includes(line.levelname))
            continue;
          problemCount++;
          if (problems.length < MOST_SAMPLES) problems.push(line.message.slice(0, 4000));
        }
        if (line.type !== "file_status") continue;
        const { path, status } = line;
        if (status === "-") {
          const stat = stats[at++] ?? null;
          if (stat?.isSocket()) continue;
          if (stat?.isDirectory()) included.folder(path);
          else if (await readable(path, stat)) {
            const bytes = included.file(path, stat);
            const folder = posix.dirname(path);
            const before = run.folder === folder ? run : { files: 0, bytes: 0 };
            run = { folder, files: before.files + 1, bytes: before.bytes + bytes };
          } else cannotRead(path);
        } else if (status === "x" && !own(path)) {
          const kept = order.keepExcludeTags && run.folder === path ? run : null;
          if (kept) included.folder(path);
          await leftOut.add(path, kept);
        } else if (status === "E") cannotRead(path);
      }
      const { files, bytes } = included.total;
      // No path: whoever may see the job need not be one who may look at the disk.
      progress({
        ...{ phase: "looking", files, originalBytes: bytes, compressedBytes: 0, deduplicatedBytes: 0 },
        ...{ totalBytes: null, totalFiles: null, currentPath: null },
      });
    },
    result: () => ({ ...included.result(), leftOut: leftOut.result(), unreadable, problems, problemCount }),
  };
}

const yes = () => true;
const no = () => false;

function measuring(order: DryRunOrder, limits: LookLimits, mounts: readonly Mount[], signal: AbortSignal) {
  const distant = mounts.filter(mayHang);
  return {
    signal,
    sameDevice: order.oneFileSystem,
    leaves: (_path: string, stat: { dev: number; ino: number }) => limits.own.is(stat),
    avoids: (path: string) => {
      const mount = mountOf(distant, path);
      return mount !== undefined && mayHang(mount);
    },
    isThere: (path: string) => lstat(path).then(yes, no),
  };
}
