import { constants } from "node:fs";
import { chown, mkdtemp, open, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { liesInOneOf, realPlace } from "../allowed-paths";
import { askProgram, troubleOf } from "../run-program";
import { DumpTrouble } from "./dump";
import { findProgram } from "./find-program";

/** Left free on the disk that takes the copy. */
const LEAST_FREE_BYTES = 128 * 1024 * 1024;
/** How long a writer's lock is waited for. */
const BUSY_MS = 60_000;

/**
 * A consistent copy of a SQLite file, as a stream. Page by page through SQLite's own backup in one transaction, so that any journal mode,
 * application and content comes back as it was.
 *
 * It goes through a private file: `.dump` as text would stream, but cuts texts at a zero byte, forgets the file's pragmas, and with a rollback
 * journal holds up every writer as long as the upload takes; the copy takes seconds. The file has no name any more before its first byte is
 * read, and its folder is in the aftermath record before anything is in it, so nothing is left on disk. It is read by the account that owns the
 * database: who can exchange the file can make us read no more than that account may read itself.
 */
export async function openSqliteCopy(
  path: string,
  run: { readPaths: readonly string[]; signal: AbortSignal; remember: (folder: string) => Promise<void> },
): Promise<{ stream: AsyncIterable<Buffer>; close: () => Promise<void> }> {
  const real = await realPlace(path);
  if (real === null || !(await liesInOneOf(real, run.readPaths))) {
    throw new DumpTrouble(`The policy of this machine does not allow reading ${path}.`);
  }
  const command = await findProgram(["sqlite3"], null, "sqlite3");
  const found = await stat(real).catch(() => null);
  if (found === null || !found.isFile()) throw new DumpTrouble(`${path} is not there.`);
  const space = await statfs(tmpdir());
  if (space.bavail * space.bsize < found.size + LEAST_FREE_BYTES) {
    throw new DumpTrouble(`There is no room for a copy of ${path} in ${tmpdir()}.`);
  }
  const folder = await mkdtemp(join(tmpdir(), "bbs-agent-copy-"));
  await run.remember(folder);
  try {
    const own = process.getuid?.() ?? 0;
    const account = own === 0 && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
    if (account) await chown(folder, account.uid, account.gid);
    const copy = join(folder, "copy");
    const end = await askProgram({
      command,
      args: [
        ...["-batch", "-bail", "-init", "/dev/null", "-readonly", real],
        `.timeout ${BUSY_MS}`,
        "BEGIN",
        // The transaction begins with the first read; the backup then goes on in it and is never begun anew by a writer.
        "SELECT count(*) FROM sqlite_master",
        `.backup '${copy}'`,
      ],
      account,
      signal: run.signal,
      limitSeconds: 3600,
    });
    const trouble = troubleOf(end);
    if (trouble !== null) throw new DumpTrouble(`SQLite could not copy ${path}. ${trouble}`);
    const file = await open(copy, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const made = await file.stat();
      if (!made.isFile() || made.uid !== (account?.uid ?? own))
        throw new DumpTrouble(`The copy of ${path} was exchanged.`);
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      await file.close();
      throw error;
    }
    return { stream: file.createReadStream({ highWaterMark: 1024 * 1024 }), close: () => file.close() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
