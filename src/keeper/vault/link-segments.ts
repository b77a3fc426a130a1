import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { SEAL_KINDS } from "../contract/vault";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { Breather } from "./breather";
import type { Seal } from "./seal-record";
import type { SegmentFile } from "./segment-files";

type SealKind = (typeof SEAL_KINDS)[number];

/** The kernel's words for "not here": another file system, a file system without it, links of this account forbidden, too many. */
const CANNOT = ["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "ENOSYS", "ENOTTY"];

/**
 * Gives each segment one more name in the vault; where the file system cannot, a copy that shares its blocks; where it cannot do that
 * either, nothing. Says which it was. Segments that the seal of before holds have theirs already.
 */
export async function linkSegments(
  keeper: Keeper,
  repositoryId: string,
  segments: readonly SegmentFile[],
  before: Seal | null,
): Promise<SealKind> {
  const sealed = new Map(before?.segments.map((segment) => [segment.n, segment.inode]));
  return linkInto(keeper.paths.sealedSegments(repositoryId), segments, sealed);
}

/** `linkSegments` into a folder. `sealed`: inodes of those that have their name there already, by number. */
export async function linkInto(
  folder: string,
  segments: readonly SegmentFile[],
  sealed: ReadonlyMap<number, string>,
  signal?: AbortSignal,
): Promise<SealKind> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const breather = new Breather(signal);
  let kind: SealKind = "hard-links";
  for (const segment of segments) {
    const path = join(folder, String(segment.n));
    if (sealed.get(segment.n) === segment.inode && isThere(path)) continue;
    kind = linkOne(segment, path, kind);
    if (kind === "small-files-only") break;
    if (breather.isOverdue()) await breather.rest();
  }
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return kind;
}

function linkOne(segment: SegmentFile, path: string, kind: SealKind): SealKind {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  if (kind === "hard-links") {
    if (attempt(() => linkSync(segment.path, draft))) {
      demandSame(segment, draft);
      // Two names of one file: rename(2) would leave both.
      if (lstatSync(path, { throwIfNoEntry: false, bigint: true })?.ino === BigInt(segment.inode))
        rmSync(draft);
      else renameSync(draft, path);
      return kind;
    }
  }
  if (!attempt(() => cloneOne(segment, draft))) return "small-files-only";
  renameSync(draft, path);
  return "reflinks";
}

function cloneOne(segment: SegmentFile, draft: string) {
  const fd = openSync(segment.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    copyFileSync(`/proc/self/fd/${fd}`, draft, constants.COPYFILE_FICLONE_FORCE);
    // Whose it was: put back, it must be readable as before.
    const { uid, gid } = fstatSync(fd);
    chownSync(draft, uid, gid);
  } finally {
    closeSync(fd);
  }
}

/** What is sealed must be what was judged. */
function demandSame(segment: SegmentFile, draft: string) {
  const found = lstatSync(draft, { bigint: true });
  const same =
    String(found.ino) === segment.inode &&
    Number(found.size) === segment.size &&
    String(found.mtimeNs) === segment.mtimeNs;
  if (same) return;
  rmSync(draft);
  throw new KeeperRefuses(
    "fault",
    `Segment ${segment.n} changed while it was sealed. The next audit looks again.`,
  );
}

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && CANNOT.includes(String(error.code))) return false;
    throw error;
  }
}

const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
