import { lchownSync, linkSync, mkdirSync, rmSync } from "node:fs";
import { lstat, mkdir, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import { isThere } from "../is-there";
import type { Keeper } from "../keeper";
import { settleFolders } from "../repository-ownership";
import { syncPath } from "../sync-path";
import { whenMissing } from "../when-missing";
import { Breather } from "./breather";
import { linkSealed, type SealedSegment } from "./link-sealed";
import { restoreSmallFiles } from "./restore-small-files";
import { readSeal, writeSeal } from "./seal-record";
import { listSegments, type SegmentListing } from "./segment-files";
import { setAside } from "./set-aside";

export type Rebuilt = {
  /** The old folder's segments that are not in the new one. They lie in `taken`. */
  takenAway: number;
  /** Sealed segments that were missing or changed. */
  putBack: number;
  quarantine: string;
  /** Where the old folder is now. */
  taken: string;
};

export type RebuildOrder = {
  clientId: string;
  repositoryId: string;
  transaction: number;
  segments: readonly SealedSegment[];
  /**
   * Takes over what the repository holds beyond the seal, through this transaction, if `isClean` says so of the finished folder: an
   * audit may have found it clean without being able to seal it. Null: nothing.
   */
  beyond: { through: number; isClean: (path: string) => Promise<boolean> } | null;
};

/**
 * Makes the repository's folder anew from a seal, beside the one that is there, and then puts it in its place: two renames in a folder that
 * only the keeper writes, so no trick inside the old one (links, open files, races) matters, and a crash leaves the old or the new one
 * (or, between the renames, the new one under another name; the next call puts it in its place). Segments are hard links into the
 * vault: no data is read or copied. The old folder goes to the quarantine, without the segments that the new one has as well.
 * May run twice. Needs the maintain lease, and that no process of the client is left.
 */
export async function rebuildFromSeal(
  keeper: Keeper,
  order: RebuildOrder,
  signal?: AbortSignal,
): Promise<Rebuilt> {
  const { clientId, repositoryId, transaction, segments } = order;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const accounts = keeper.root ? keeper.clients.accountsOf(clientId) : null;
  const breather = new Breather(signal);
  await finishRenames(keeper, order);
  const old = await listSegments(path, signal);
  const stage = `${path}.building`;
  mkdirSync(join(stage, "data"), { recursive: true, mode: 0o700 });
  await linkSealed({ stage, vault: keeper.paths.sealedSegments(repositoryId), segments, old }, breather);
  await dropOthers(stage, segments);
  await restoreSmallFiles({
    ...{ transaction, old: path, stage, accounts },
    seal: keeper.paths.seal(repositoryId, transaction),
  });
  await noteCopies(keeper, order, await listSegments(stage));
  if (order.beyond) await takeBeyond(stage, old, order, order.beyond, accounts?.vault ?? null);
  keeper.atStep("rebuild:built");

  const quarantine = join(keeper.paths.quarantine(repositoryId), nameOfTime(keeper.now()));
  await mkdir(quarantine, { recursive: true, mode: 0o700 });
  await rename(stage, readyPath(path));
  let taken = join(quarantine, "repository");
  if (await isThere(path)) taken = await setAside(path, taken, path);
  keeper.atStep("rebuild:between-renames");
  await rename(readyPath(path), path);
  // Until here only root could enter the new folder, so nothing in it can be a trap for us.
  if (accounts) await settleFolders(path, accounts);
  for (const folder of [dirname(path), quarantine]) await syncPath(folder);
  keeper.atStep("rebuild:renamed");

  const takenAway = await dropShared(taken, await listSegments(path, signal), breather);
  const putBack = segments.filter((sealed) => old.get(sealed.n)?.inode !== sealed.inode).length;
  return { takenAway, putBack, quarantine, taken };
}

/** After a crash between the two renames the repository has no folder: the new one, which is finished, gets its name. May run twice. */
export async function finishRenames(
  keeper: Keeper,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
): Promise<void> {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const ready = readyPath(path);
  if (!(await isThere(ready))) return;
  if (await isThere(path)) await rm(ready, { recursive: true, force: true });
  else {
    await rename(ready, path);
    if (keeper.root) await settleFolders(path, keeper.clients.accountsOf(clientId));
  }
  await syncPath(dirname(path));
}

const readyPath = (path: string) => `${path}.rebuilt`;

/** What an earlier attempt left in the new folder beyond the sealed segments. */
async function dropOthers(stage: string, segments: readonly SealedSegment[]) {
  const wanted = new Set(segments.map((sealed) => sealed.n));
  for (const { n, path } of (await listSegments(stage)).values()) if (!wanted.has(n)) rmSync(path);
}

/** Where the vault holds copies, what was put back is other files: from here on they are the sealed ones. Only root was in the folder. */
async function noteCopies(
  keeper: Keeper,
  { repositoryId, transaction }: RebuildOrder,
  built: SegmentListing,
) {
  const seal = await readSeal(keeper.paths, repositoryId, transaction);
  const segments = seal.segments.map((sealed) => {
    const found = built.get(sealed.n);
    if (!found || found.inode === sealed.inode) return sealed;
    const { n, size, mtimeNs, inode } = found;
    return { n, size, mtimeNs, inode };
  });
  if (segments.some((one, at) => one !== seal.segments[at]))
    await writeSeal(keeper.paths, repositoryId, { ...seal, segments });
}

async function takeBeyond(
  stage: string,
  old: SegmentListing,
  { transaction }: RebuildOrder,
  beyond: NonNullable<RebuildOrder["beyond"]>,
  owner: { uid: number; gid: number } | null,
) {
  const names: string[] = [];
  for (const { n, path } of old.values()) {
    if (n <= transaction || n > beyond.through) continue;
    const name = segmentPath(stage, n);
    mkdirSync(dirname(name), { recursive: true, mode: 0o700 });
    linkSync(path, name);
    // A link that the client put there is changed itself, not what it points to; the scan then refuses it.
    if (owner) lchownSync(name, owner.uid, owner.gid);
    names.push(name);
  }
  if (names.length > 0 && !(await beyond.isClean(stage))) for (const name of names) rmSync(name);
}

/**
 * Removes what a rebuild has taken away, as far as it is plain files at borg's places. Folders that the client made are left: what is in
 * them is never removed by path, because the client could swap a part of the path for a link meanwhile.
 */
export async function discardTaken({ quarantine, taken }: Rebuilt): Promise<void> {
  for (const { path } of (await listSegments(taken)).values()) await rm(path, { force: true });
  const data = join(taken, "data");
  for (const folder of await foldersIn(data)) await rmdir(join(data, folder)).catch(whenNotEmpty);
  for (const name of await namesIn(taken)) await unlink(join(taken, name)).catch(whenFolder);
  for (const folder of [data, taken, dirname(taken), quarantine]) await rmdir(folder).catch(whenNotEmpty);
}

/** The old folder keeps only what the new one has not. Returns how many segments that are. */
async function dropShared(taken: string, present: SegmentListing, breather: Breather): Promise<number> {
  let different = 0;
  for (const { n, path, inode } of (await listSegments(taken)).values()) {
    if (present.get(n)?.inode === inode) rmSync(path);
    else different += 1;
    if (breather.isOverdue()) await breather.rest();
  }
  const data = join(taken, "data");
  for (const folder of await foldersIn(data)) await rmdir(join(data, folder)).catch(whenNotEmpty);
  return different;
}

const nameOfTime = (now: Date) => now.toISOString().replaceAll(":", "-");

async function foldersIn(folder: string): Promise<string[]> {
  const isFolder = (await lstat(folder).catch(whenMissing))?.isDirectory() === true;
  return isFolder ? (await namesIn(folder)).filter((name) => /^\d+$/.test(name)) : [];
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(whenMissing)) ?? [];
}

function whenNotEmpty(error: NodeJS.ErrnoException) {
  if (!["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR"].includes(error.code ?? "")) throw error;
}

function whenFolder(error: NodeJS.ErrnoException) {
  if (!["EISDIR", "EPERM", "ENOENT"].includes(error.code ?? "")) throw error;
}
