import { constants } from "node:fs";
import { chmod, chown, copyFile, mkdir, open, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import { compactionReserve } from "~/domain/capacity";
import { formatBytes } from "~/domain/quantity";
import { readSegment } from "../check/read-segment";
import type { ClientAccounts } from "../clients";
import { KeeperRefuses } from "../refusal";
import { readNonce } from "../vault/restore-small-files";
import type { Seal } from "../vault/seal-record";
import { whenMissing } from "../when-missing";
import { copySegment } from "./copy-segment";
import type { Progress } from "./under-way";

/** borg keeps a line per transaction there. Longer ones are the client's nonsense, and nobody needs them. */
const LONGEST_TRANSACTIONS_BYTES = 64 * 1024 ** 2;

/** Refuses `disk-full` unless the location has room for so much and for the reserve that compacting it may need. */
export async function demandRoom(root: string, location: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  const [free, reserve] = [bavail * bsize, compactionReserve(bytes)];
  if (free > bytes + reserve) return;
  throw new KeeperRefuses(
    "disk-full",
    `${location} has ${formatBytes(free)} free. ${formatBytes(bytes)} are to be copied, and ${formatBytes(reserve)} are kept for compaction.`,
  );
}

/**
 * Copies a repository's sealed state into a folder that only root and, later, our own borg enter: each segment is read once, written, read
 * back and compared by its digest and its own checksums. `config`, README, nonce and borg's list of transactions go along; index, hints and
 * integrity do not: borg makes its own from the segments. Returns the digests by segment.
 */
export async function copyRepository(
  given: { path: string; stage: string; sealFolder: string; seal: Seal; accounts: ClientAccounts | null },
  progress: Progress,
  signal: AbortSignal,
): Promise<Map<number, string>> {
  const { path, stage, sealFolder, seal, accounts } = given;
  const vault = accounts && { uid: accounts.vault.uid, gid: accounts.vault.gid };
  const folders = new Set([stage, join(stage, "data")]);
  for (const folder of folders) await mkdir(folder, { mode: 0o700 });
  const digests = new Map<number, string>();
  for (const { n, size } of seal.segments) {
    const target = segmentPath(stage, n);
    if (!folders.has(dirname(target))) await mkdir(dirname(target), { mode: 0o700 });
    folders.add(dirname(target));
    const count = (bytes: number) => {
      progress.doneBytes += bytes;
    };
    const copied = await copySegment(segmentPath(path, n), target, vault, count, signal);
    const readBack = await readSegment(stage, { n, size }, copied.sha256, signal);
    if (!readBack.whole)
      throw new KeeperRefuses("not-allowed", `${readBack.say} The repository stays where it is.`);
    digests.set(n, copied.sha256);
  }
  for (const name of ["config", "README"])
    await copyFile(join(sealFolder, name), join(stage, name), constants.COPYFILE_FICLONE).catch(whenMissing);
  const nonce = await readNonce(join(path, "nonce"));
  if (nonce !== null) await writeFile(join(stage, "nonce"), nonce, { mode: 0o640 });
  await copyTransactions(path, stage, accounts);
  if (vault) {
    for (const folder of [...folders, join(stage, "config"), join(stage, "README"), join(stage, "nonce")])
      await chown(folder, vault.uid, vault.gid).catch(whenMissing);
    await chmod(stage, 0o700);
  }
  return digests;
}

/** The client's own file: borg serve appends to it. Whatever else stands in its place is left behind. */
async function copyTransactions(path: string, stage: string, accounts: ClientAccounts | null) {
  const name = join(path, "transactions");
  const file = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (["ENOENT", "ELOOP", "ENXIO"].includes(error.code ?? "")) return null;
      throw error;
    },
  );
  if (file === null) return;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > LONGEST_TRANSACTIONS_BYTES) return;
    const target = join(stage, "transactions");
    await writeFile(target, await file.readFile(), { mode: 0o600 });
    if (accounts) await chown(target, accounts.serve.uid, accounts.serve.gid);
    await chmod(target, found.mode & 0o660);
  } finally {
    await file.close();
  }
}
