import { chmod, chown, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoragePaths } from "./paths";
import { writeAtomically } from "./write-atomically";

/**
 * borg's key of a repository that was made with a key file and taken in: it is not in the repository, so the vault holds it, encrypted with the
 * passphrase as borg's own `config` holds those of others. Null: there is none.
 */
export async function readKeyFile(paths: StoragePaths, repositoryId: string): Promise<string | null> {
  return readFile(pathOf(paths, repositoryId), "latin1").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

export const writeKeyFile = (paths: StoragePaths, repositoryId: string, text: string) =>
  writeAtomically(pathOf(paths, repositoryId), text, 0o600);

/** Puts a key where our own borg, which does not come into the vault, can read it. Answers where. */
export async function lendKeyFile(
  base: string,
  text: string,
  account: { uid: number; gid: number } | null,
): Promise<string> {
  const path = join(base, "borg.key");
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: "wx", encoding: "latin1" });
  if (account) await chown(path, account.uid, account.gid);
  await chmod(path, 0o400);
  return path;
}

const pathOf = (paths: StoragePaths, repositoryId: string) => join(paths.vault(repositoryId), "borg.key");
