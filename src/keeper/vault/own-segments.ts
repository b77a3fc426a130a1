import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync } from "node:fs";
import type { ClientAccounts } from "../clients";
import { settleOwnership } from "../repository-ownership";
import { Breather } from "./breather";
import type { SegmentFile } from "./segment-files";

/**
 * Takes segments out of the hands of the client's account: folders sticky and `bbv-<id>`'s, the segments readable for the group and
 * writable for nobody. The client can write here, so nothing is changed by path (see repository-ownership), and a file that has a
 * second name, or belongs to somebody else, is not touched: a name elsewhere could be of a file that was never ours.
 *
 * Returns the numbers of those. A descriptor that was opened before still writes: only what is read afterwards, with no process of the
 * client left, is sealed.
 */
export async function ownSegments(
  repositoryPath: string,
  accounts: ClientAccounts,
  segments: Iterable<SegmentFile>,
  signal?: AbortSignal,
): Promise<number[]> {
  await settleOwnership(repositoryPath, accounts);
  const breather = new Breather(signal);
  const odd: number[] = [];
  for (const segment of segments) {
    if (!ownOne(segment.path, accounts)) odd.push(segment.n);
    if (breather.isOverdue()) await breather.rest();
  }
  return odd;
}

function ownOne(path: string, { vault, serve }: ClientAccounts): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    // Not there any more, or no file: the scan says so.
    if (["ENOENT", "ELOOP", "ENXIO", "ENOTDIR", "ENODEV"].includes(code)) return true;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) return true;
    if (found.uid !== vault.uid) {
      if (found.uid !== serve.uid || found.nlink !== 1) return false;
      fchownSync(fd, vault.uid, serve.gid);
    }
    if ((found.mode & 0o7777) !== 0o440 || found.uid !== vault.uid) fchmodSync(fd, 0o440);
    return true;
  } finally {
    closeSync(fd);
  }
}
