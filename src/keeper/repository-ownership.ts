import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ClientAccounts } from "./clients";

const execute = promisify(execFile);

/** What borg serve replaces at every commit. They must be the client's own: in a sticky folder one may only replace one's own files. */
const CLIENTS_FILES = /^(?:(?:index|hints|integrity)\.\d+|nonce)$/;

/**
 * Puts a repository's owners right after our own borg wrote to it (borg 1.2.4 and 1.4.0): folders belong to `bbv-<id>`, are sticky and
 * give their group to what is made in them, so the client adds files but removes none that are not its own; `config` and `README` are
 * ours, so nobody can put in another key or destroy the repository; index, hints, integrity and nonce go back to the client.
 *
 * The client's account can write here, so nothing is changed by path: each file is opened without following links, looked at, and
 * changed through the descriptor; only files of `bbv-<id>` with a single name are given away (a hard link to a sealed segment has two).
 */
export async function settleOwnership(path: string, accounts: ClientAccounts): Promise<void> {
  await settleFolders(path, accounts);
  for (const name of ["config", "README"]) {
    await change(join(path, name), async (file) => {
      await file.chown(accounts.vault.uid, accounts.vault.gid);
      await file.chmod(0o640);
    });
  }
  for (const name of await readdir(path)) {
    if (!CLIENTS_FILES.test(name)) continue;
    await change(join(path, name), async (file) => {
      const found = await file.stat();
      if (!found.isFile() || found.nlink !== 1 || found.uid !== accounts.vault.uid) return;
      await file.chmod(0o640);
      await file.chown(accounts.serve.uid, accounts.serve.gid);
    });
  }
}

/** Folders that the client's borg made since belong to it; before our own borg writes they become ours. Needs the lease. */
export async function settleFolders(path: string, accounts: ClientAccounts): Promise<void> {
  const data = join(path, "data");
  const numbered = (await readdir(data)).filter((name) => /^\d+$/.test(name)).map((name) => join(data, name));
  for (const folder of [path, data, ...numbered]) {
    await change(
      folder,
      async (file) => {
        await file.chown(accounts.vault.uid, accounts.vault.gid);
        await file.chmod(0o3770);
      },
      constants.O_DIRECTORY,
    );
  }
}

/**
 * Removes locks that nobody holds any more. Only under the lease: then no session is open and no borg of ours runs.
 *
 * As root each account removes its own: the client could swap a folder for a link while we walk through it, and must then have
 * reached nothing that it could not remove itself.
 */
export async function removeStaleLocks(path: string, accounts: ClientAccounts, root: boolean): Promise<void> {
  const locks = ["lock.exclusive", "lock.roster"].map((name) => join(path, name));
  if (!root) return removeAll(locks);
  // What the other account owns stays, and rm says so: the next turn takes it.
  for (const { uid, gid } of [accounts.serve, accounts.vault])
    await execute("/bin/rm", ["-rf", "--one-file-system", "--", ...locks], {
      uid,
      gid,
      env: Object.assign(Object.create(null), { PATH: "/usr/bin:/bin" }),
    }).catch(() => undefined);
}

async function removeAll(paths: readonly string[]) {
  for (const path of paths) await rm(path, { recursive: true, force: true });
}

async function change(path: string, apply: (file: FileHandle) => Promise<void>, more = 0) {
  let file: FileHandle;
  try {
    // Not blocking: a FIFO in the place of a file must not hold the keeper.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | more);
  } catch (error) {
    // Gone since it was listed, or a link where borg makes none: nothing of ours to change.
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "ELOOP", "ENOTDIR"].includes(String(error.code))
    )
      return;
    throw error;
  }
  try {
    await apply(file);
  } finally {
    await file.close();
  }
}
