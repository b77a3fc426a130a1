import { constants, mkdirSync } from "node:fs";
import { chmod, chown, mkdir, open, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import { attemptLink } from "../attempt-link";
import { copyBytes } from "../copy-bytes";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { Breather } from "../vault/breather";
import { endServerBorgs } from "../vault/end-processes";
import { readNonce } from "../vault/restore-small-files";
import { safeNonce } from "../vault/safe-nonce";
import type { SegmentFile } from "../vault/segment-files";
import { writeAtomically } from "../write-atomically";
import { demandPlain, type ExaminedFolder } from "./examine-folder";
import { renderConfig } from "./foreign-config";

type Ids = { clientId: string; repositoryId: string };

/** Left free beside what is copied: borg's index and everybody else's next minutes. */
const ROOM_LEFT_BYTES = 256 * 1024 ** 2;

const README = "This is a Borg Backup repository.\nSee https://borgbackup.readthedocs.io/\n";

/** Where a repository is put together before it is one. Ids hold no dot. */
export const stagePath = (keeper: Keeper, { clientId, repositoryId }: Ids) =>
  `${keeper.paths.repository(clientId, repositoryId)}.importing`;

/** Name of the folder where our borg keeps what it knows of a stage; ids hold no dash. */
export const stageBase = (repositoryId: string) => `${repositoryId}-import`;

/**
 * Puts the committed segments of an examined folder together in a folder of our own, for our borg alone: by a second name of each, so that
 * nothing is copied and the source stays whole; from another file system by a copy that is read back and compared. borg's index and the
 * configuration are never taken over: the one is built anew from the segments, the other is written from what was read. Replaces what an
 * earlier attempt left; `dropStage` takes it away.
 */
export async function makeStage(
  keeper: Keeper,
  ids: Ids,
  source: ExaminedFolder,
  given: { quotaBytes: number | null },
  signal: AbortSignal,
): Promise<string> {
  await dropStage(keeper, ids);
  const stage = stagePath(keeper, ids);
  const accounts = keeper.root ? keeper.clients.accountsOf(ids.clientId) : null;
  await mkdir(stage, { mode: 0o700 });
  const folders = new Set<string>();
  const breather = new Breather(signal);
  let copies = false;
  for (const segment of source.segments) {
    const target = segmentPath(stage, segment.n);
    if (!folders.has(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    folders.add(dirname(target));
    if (!copies && !attemptLink(segment.path, target)) {
      copies = true;
      await demandRoom(dirname(stage), source.bytes);
    }
    if (copies) await copyOne(segment, target, source.device, signal);
    else await demandSame(segment, target);
    if (accounts) await chown(target, accounts.vault.uid, accounts.serve.gid);
    await chmod(target, 0o440);
    if (breather.isOverdue()) await breather.rest();
  }
  const nonce = await readNonce(join(source.path, "nonce"));
  const small = {
    config: renderConfig(source.config, given.quotaBytes),
    README,
    // Whatever was reserved elsewhere is not used a second time here.
    ...(nonce === null ? {} : { nonce: safeNonce(nonce, null) }),
  };
  for (const [name, text] of Object.entries(small)) {
    const path = join(stage, name);
    await writeAtomically(path, text, 0o600);
    if (accounts) await chown(path, accounts.vault.uid, accounts.vault.gid);
    await chmod(path, 0o640);
  }
  if (accounts)
    for (const folder of [...folders, join(stage, "data"), stage])
      await chown(folder, accounts.vault.uid, accounts.vault.gid);
  return stage;
}

/** Removes a stage and what our borg remembers of it; the segments keep their other names. May run twice. */
export async function dropStage(keeper: Keeper, ids: Ids): Promise<void> {
  await endServerBorgs(keeper, stageBase(ids.repositoryId));
  await rm(stagePath(keeper, ids), { recursive: true, force: true });
  await rm(keeper.paths.borgBase(stageBase(ids.repositoryId)), { recursive: true, force: true });
}

/** A name may lead elsewhere since it was looked at: what counts is the file that we have now. */
async function demandSame(segment: SegmentFile, target: string): Promise<void> {
  const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat({ bigint: true });
    const same =
      found.isFile() &&
      String(found.ino) === segment.inode &&
      Number(found.size) === segment.size &&
      String(found.mtimeNs) === segment.mtimeNs;
    if (!same) throw changed(segment.n);
  } finally {
    await file.close();
  }
}

async function copyOne(segment: SegmentFile, target: string, device: number, signal: AbortSignal) {
  const from = await open(segment.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await from.stat();
    if (!found.isFile() || found.dev !== device || found.size !== segment.size) throw changed(segment.n);
    demandPlain(found, `segment ${segment.n}`);
    const to = await open(target, "wx+", 0o600);
    try {
      const written = await copyBytes(from, to, signal);
      await to.sync();
      // Read back: what was written is what counts, not what was meant.
      if (written.sha256 !== (await copyBytes(to, null, signal)).sha256) throw changed(segment.n);
      await to.utimes(found.atime, found.mtime);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function demandRoom(folder: string, bytes: number): Promise<void> {
  const space = await statfs(folder);
  if (space.bavail * space.bsize > bytes + ROOM_LEFT_BYTES) return;
  throw new KeeperRefuses(
    "disk-full",
    "It lies on another file system and has to be copied, and there is not enough room for a copy. Nothing was taken.",
  );
}

const changed = (n: number) =>
  new KeeperRefuses(
    "not-allowed",
    `Segment ${n} changed while it was taken. Something still writes there; nothing was taken.`,
  );
