import { createHash, createHmac } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { DrillOrder, DrillResult } from "~/protocol/restore-drill";
import { type FileState, hashFile, stateOf } from "../sample/file-state";
import type { TaskContext } from "../tasks/task";
import { type PinnedFolder, SLASH } from "./pinned-folder";

interface Found {
  /** As stored in the archive. */
  path: Buffer;
  place: Buffer;
  state: FileState;
}

/** Hashes what a drill has brought into a private folder. Regular files only: no link is followed. Ends early when the signal fires. */
export async function hashRestored(
  folder: PinnedFolder,
  asked: DrillOrder,
  context: Pick<TaskContext, "signal" | "progress">,
): Promise<Pick<DrillResult, "files" | "everything">> {
  const { signal } = context;
  const salt = Buffer.from(asked.sample?.salt ?? "", "base64");
  const wanted = new Set(asked.sample?.paths);
  const list = createHash("sha256");
  const files: DrillResult["files"] = [];
  const all = { files: 0, bytes: 0, unreadable: 0 };
  for await (const { path, place, state } of walk(Buffer.from(folder.path))) {
    if (signal.aborted) break;
    const encoded = path.toString("base64");
    const bytes = Number(state.size);
    if (wanted.has(encoded)) {
      const hash = await hashFile(place, state, () => createHmac("sha256", salt), signal);
      files.push({ path: encoded, bytes, hash });
    }
    if (!asked.everything) continue;
    const hash = await hashFile(place, state, () => createHash("sha256"), signal);
    if (hash === null) all.unreadable++;
    else list.update(path).update(`\0${bytes}\0${hash}\n`);
    all.files += hash === null ? 0 : 1;
    all.bytes += hash === null ? 0 : bytes;
    if (all.files % 500 === 0) context.progress(hashing(all));
  }
  return { files, everything: asked.everything ? { ...all, listDigest: list.digest("hex") } : null };
}

/** Regular files below a folder, names in the order of their bytes. */
async function* walk(folder: Buffer, path: Buffer = Buffer.alloc(0)): AsyncGenerator<Found> {
  const entries = await readdir(folder, { encoding: "buffer", withFileTypes: true });
  entries.sort((one, other) => Buffer.compare(one.name, other.name));
  for (const entry of entries) {
    const place = Buffer.concat([folder, SLASH, entry.name]);
    const here = path.length === 0 ? entry.name : Buffer.concat([path, SLASH, entry.name]);
    if (entry.isDirectory()) yield* walk(place, here);
    const state = entry.isFile() ? await stateOf(place) : null;
    if (state !== null) yield { path: here, place, state };
  }
}

function hashing({ files, bytes }: { files: number; bytes: number }) {
  return {
    ...{ phase: "hashing", files, originalBytes: bytes, compressedBytes: 0, deduplicatedBytes: 0 },
    ...{ totalBytes: null, totalFiles: null, currentPath: null },
  };
}
