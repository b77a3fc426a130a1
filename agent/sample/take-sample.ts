import { createHmac, randomBytes } from "node:crypto";
import { lstat } from "node:fs/promises";
import { posix } from "node:path";
import { performance } from "node:perf_hooks";
import type { SampleResult } from "~/protocol/sample";
import type { BackupOrder } from "~/protocol/v1";
import { isNoSuchFile } from "../durable-file";
import type { TaskContext } from "../tasks/task";
import { type Drawn, drawFiles, isReached, type Reading } from "./draw-files";
import { type FileState, hashFile, isSameState, stateOf } from "./file-state";

/** Drawing may keep borg waiting for so long. */
const DRAW_MS = 250;
/** Bytes that are hashed beside one backup. */
const MOST_BYTES = 64n * 1024n * 1024n;
/** What is not hashed so long after borg's end does not count. */
const AFTER_MS = 2_000;
/** A file that changed so shortly before could change again within the same tick of its file system's clock. */
const TICK_NS = 2_000_000_000n;

/** A sample that is under way. */
export interface Sample {
  /** When borg has ended: what was hashed and is the same file as at the beginning. */
  end(): Promise<SampleResult>;
  /** Nothing came of the backup. */
  drop(): void;
}

/**
 * Draws the files, notes how they stand, and hashes them beside borg. Only what has the same ctime, size and place at the end counts: its
 * contents were the same all the while, so borg has read what was hashed. Begin before a file-system snapshot is taken. Never fails the
 * backup: what cannot be read is left out.
 */
export async function takeSample(
  order: BackupOrder,
  sources: readonly string[],
  context: Pick<TaskContext, "folder" | "signal">,
): Promise<Sample | null> {
  const { sample } = order;
  if (!sample) return null;
  const reading: Reading = {
    sources,
    excludes: order.excludes,
    oneFileSystem: order.oneFileSystem,
    excludeCaches: order.excludeCaches,
    excludeIfPresent: order.borgOptions?.excludeIfPresent ?? [],
    ownFolder: context.folder.folder,
  };
  const began = performance.now();
  const now = BigInt(Date.now()) * 1_000_000n;
  const isSteady = (state: FileState | null) => state !== null && state.ctimeNs < now - TICK_NS;
  const canaries = (await findCanaries(sample.canaries, reading)).map(
    (one): Chosen =>
      one.state === null || one.why !== undefined || isSteady(one.state) ? one : { ...one, why: "changed" },
  );
  const named = new Set(canaries.map(({ path }) => path.toString("latin1")));
  const drawn = await drawFiles(reading, {
    ...{ seed: sample.seed, count: sample.files },
    until: () => performance.now() - began > DRAW_MS || context.signal.aborted,
  });
  const salt = randomBytes(32);
  const stopping = new AbortController();
  const hashes = new Map<Buffer, string>();
  const chosen: Chosen[] = [...canaries, ...drawn.filter(({ path }) => !named.has(path.toString("latin1")))];
  const steady = chosen.filter(({ state }) => isSteady(state));
  const hashing = hashAll(steady, { salt, signal: stopping.signal, hashes });
  return {
    drop: () => stopping.abort(),
    async end() {
      const late = setTimeout(() => stopping.abort(), AFTER_MS);
      await hashing;
      clearTimeout(late);
      const files: SampleResult["files"] = [];
      const withoutHash: SampleResult["withoutHash"] = [];
      let dropped = 0;
      for (const { path, state, canary, why } of chosen) {
        const hash = hashes.get(path);
        const stored = storedPath(path);
        const after = await stateOf(path);
        if (state !== null && after !== null && hash !== undefined && isSameState(state, after))
          files.push({ path: stored, bytes: Number(state.size), hash, ...(canary ? { canary } : {}) });
        else if (canary) withoutHash.push({ path: stored, why: why ?? (await whyNone(path, state, after)) });
        else dropped++;
      }
      return { seed: sample.seed, salt: salt.toString("base64"), files, withoutHash, dropped };
    },
  };
}

type Chosen = Omit<Drawn, "state"> & {
  state: FileState | null;
  canary?: true;
  why?: SampleResult["withoutHash"][number]["why"];
};

async function findCanaries(paths: readonly string[], reading: Reading): Promise<Chosen[]> {
  const found = new Map<string, Chosen>();
  for (const given of paths) {
    const text = posix.normalize(given);
    const path = Buffer.from(text);
    const state = await stateOf(path);
    const left = state !== null && !(await isReached(text, reading));
    found.set(text, { path, state, canary: true, ...(left ? { why: "left-out" as const } : {}) });
  }
  return [...found.values()];
}

async function hashAll(
  chosen: readonly Chosen[],
  { salt, signal, hashes }: { salt: Buffer; signal: AbortSignal; hashes: Map<Buffer, string> },
): Promise<void> {
  let room = MOST_BYTES;
  for (const { path, state, why } of chosen) {
    if (state === null || why !== undefined || state.size > room) continue;
    if (signal.aborted) return;
    room -= state.size;
    const hash = await hashFile(path, state, () => createHmac("sha256", salt), signal);
    if (hash !== null) hashes.set(path, hash);
  }
}

async function whyNone(
  path: Buffer,
  before: FileState | null,
  after: FileState | null,
): Promise<SampleResult["withoutHash"][number]["why"]> {
  if (after === null) {
    const gone = await lstat(path).then(
      () => false,
      (error: unknown) => isNoSuchFile(error),
    );
    return gone ? "missing" : "unreadable";
  }
  if (before === null || !isSameState(before, after)) return "changed";
  return after.size > MOST_BYTES ? "too-large" : "unreadable";
}

/** borg stores paths without their leading slash. */
const storedPath = (path: Buffer) => path.subarray(path[0] === 0x2f ? 1 : 0).toString("base64");
