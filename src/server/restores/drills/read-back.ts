import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { type TarMember, tarReader } from "~/borg/tar-reader";
import { showPath } from "~/domain/archive-path";
import type { ReadBack } from "~/domain/drill";
import { type Keeper, KeeperProblem } from "../../keeper-port";
import type { SampleFile } from "./choose-files";

/** Which archive, and how the keeper opens it. */
export interface ArchiveToRead {
  clientId: string;
  repositoryId: string;
  passphrase: string;
  archiveName: string;
}

export interface ReadFile extends SampleFile {
  readBack: ReadBack;
  /** HMAC-SHA-256 of what came out; null: it did not come out whole. */
  restoredHash: string | null;
}

export interface Brought {
  files: number;
  bytes: number;
}

/** Paths of one request, as the keeper takes them. */
const MOST_PATH_BYTES = 250_000;
/** So many files that break a reading are each named; after that the rest counts as unreadable. */
const MOST_BROKEN = 20;

/**
 * Reads files of a sample out of an archive and compares what comes with their hashes; nothing is kept. A file at which borg breaks off is
 * unreadable, and the reading begins again behind it. Throws what is not the archive's fault: a keeper that is away, or our own.
 */
export async function readFilesBack(
  keeper: Keeper,
  archive: ArchiveToRead,
  { files, salt }: { files: readonly SampleFile[]; salt: string },
): Promise<{ files: ReadFile[]; brought: Brought }> {
  const key = Buffer.from(salt, "base64");
  const found = new Map<string, string>();
  const broken = new Set<string>();
  const brought: Brought = { files: 0, bytes: 0 };
  let left = [...files];
  for (let tries = 0; left.length > 0 && tries <= MOST_BROKEN + files.length / 100; tries++) {
    const batch = firstThatFit(left);
    const reading = hashing(
      () => createHmac("sha256", key),
      (path, hash, bytes) => {
        found.set(path, hash);
        brought.files++;
        brought.bytes += bytes;
      },
      (path, first) => {
        const hash = found.get(first);
        if (hash !== undefined) found.set(path, hash);
      },
    );
    const stopped = await streamTar(keeper, { ...archive, paths: batch.map(({ path }) => path) }, reading);
    if (stopped !== null) {
      // Before its first file came: whatever is wrong lies in front of all of them.
      const at = reading.openPath() ?? batch.find(({ path }) => !found.has(path))?.path;
      if (at === undefined) throw stopped;
      broken.add(at);
    }
    const done = stopped === null ? new Set(batch.map(({ path }) => path)) : broken;
    left = left.filter(({ path }) => !found.has(path) && !done.has(path));
  }
  for (const { path } of left) broken.add(path);
  const judged = files.map((file) => ({
    ...file,
    ...judgeFile(file, found.get(file.path) ?? null, broken.has(file.path)),
  }));
  return { files: judged, brought };
}

/** What reading all of an archive came to. */
export interface ReadWhole extends Brought {
  listDigest: string;
  /** In words, with the file at which it ended; null: everything came. */
  stoppedBy: string | null;
}

/** Reads everything out of an archive, and ends at the first thing that cannot be read. `onProgress` is called after each file. */
export async function readWholeBack(
  keeper: Keeper,
  archive: ArchiveToRead,
  onProgress: (brought: Brought) => void,
): Promise<ReadWhole> {
  const list = createHash("sha256");
  const brought: Brought = { files: 0, bytes: 0 };
  const reading = hashing(
    () => createHash("sha256"),
    (path, hash, bytes) => {
      list.update(Buffer.from(path, "base64")).update(`\0${bytes}\0${hash}\n`);
      brought.files++;
      brought.bytes += bytes;
      onProgress(brought);
    },
  );
  const stopped = await streamTar(keeper, { ...archive, paths: [] }, reading);
  const at = reading.openPath();
  const stoppedBy =
    stopped === null ? null : at === null ? stopped.say : `${showPath(at)} cannot be read out of the archive`;
  return { ...brought, listDigest: list.digest("hex"), stoppedBy };
}

/** What became of a file of the sample, by the hash of what came out whole (null: it did not) and by whether reading it broke off. */
export function judgeFile(
  { hash }: Pick<SampleFile, "hash">,
  restoredHash: string | null,
  broken: boolean,
): Pick<ReadFile, "readBack" | "restoredHash"> {
  if (restoredHash !== null) return { readBack: restoredHash === hash ? "same" : "differs", restoredHash };
  return { readBack: broken ? "unreadable" : "missing", restoredHash };
}

function firstThatFit(files: readonly SampleFile[]): SampleFile[] {
  let bytes = 0;
  const tooMuch = files.findIndex(({ path }) => {
    bytes += path.length + 4;
    return bytes > MOST_PATH_BYTES;
  });
  return tooMuch < 0 ? [...files] : files.slice(0, Math.max(1, tooMuch));
}

type Hashing = ReturnType<typeof hashing>;

/** Hashes each file of a tar as it comes; `onLink`: another name of a file that came before it. */
function hashing(
  begin: () => Hash | Hmac,
  onFile: (path: string, hash: string, bytes: number) => void,
  onLink: (path: string, first: string) => void = () => undefined,
) {
  let open: { member: TarMember; hash: Hash | Hmac } | null = null;
  return {
    begin(member: TarMember) {
      open = member.type === "file" ? { member, hash: begin() } : null;
      if (member.type === "link" && member.linkTarget)
        onLink(member.path.toString("base64"), member.linkTarget.toString("base64"));
    },
    data(piece: Buffer) {
      open?.hash.update(piece);
    },
    end() {
      if (open) onFile(open.member.path.toString("base64"), open.hash.digest("hex"), open.member.bytes);
      open = null;
    },
    /** The file that is being read; null: none. */
    openPath: () => open?.member.path.toString("base64") ?? null,
  };
}

/** Null: all of it came. Otherwise what of the archive could not be read. */
async function streamTar(
  keeper: Keeper,
  input: ArchiveToRead & { paths: string[] },
  sink: Hashing,
): Promise<KeeperProblem | null> {
  const tar = tarReader(sink);
  try {
    await keeper.call("stream-tar", input, (piece) => tar.push(piece));
  } catch (problem) {
    if (problem instanceof KeeperProblem && problem.code === "repository-damaged") return problem;
    throw problem;
  }
  if (!tar.ended()) throw new Error("the keeper's tar was cut off");
  return null;
}
