import { chmod, chown, readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Keeper } from "../keeper";
import { readNonce } from "./restore-small-files";
import { safeNonce } from "./safe-nonce";
import { sealedFile } from "./seal-record";
import { setAside } from "./set-aside";
import { readVaultRecord } from "./vault-record";

/**
 * Prepares a repository for our own borg, where it decides what stays. borg believes its index and hints when it tells data from garbage,
 * and the client's account owns them: a wrong index would make borg throw away data that is needed. Without them borg reads every
 * segment once and makes its own. The nonce is the client's as well: it may be unreadable or the highest there is, so it is written anew.
 * Needs the maintain lease; `settleOwnership` gives the client its files back.
 */
export async function dropIndex(
  keeper: Keeper,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
): Promise<void> {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const aside = join(keeper.paths.quarantine(repositoryId), keeper.now().toISOString().replaceAll(":", "-"));
  for (const name of await readdir(path))
    if (/^(?:index|hints|integrity)\.\d+$/.test(name)) await takeAway(join(path, name), join(aside, name));
  const nonce = join(path, "nonce");
  const next = safeNonce(await sealedNonce(keeper, repositoryId), await readNonce(nonce));
  await takeAway(nonce, join(aside, "nonce"));
  await writeFile(nonce, next, { flag: "wx", mode: 0o600 });
  if (!keeper.root) return;
  const { vault } = keeper.clients.accountsOf(clientId);
  await chown(nonce, vault.uid, vault.gid);
  await chmod(nonce, 0o640);
}

/**
 * Removes a file. A folder in its place is the client's doing; what is in it is never removed by path, because the client could swap a
 * part of the path for a link meanwhile: it goes to the quarantine whole.
 */
async function takeAway(path: string, aside: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return;
    if (code !== "EISDIR" && code !== "EPERM") throw error;
    await setAside(path, aside, dirname(path));
  }
}

async function sealedNonce(keeper: Keeper, repositoryId: string): Promise<string | null> {
  const seal = (await readVaultRecord(keeper.paths, repositoryId)).seals.at(-1);
  if (!seal) return null;
  const path = sealedFile(keeper.paths, repositoryId, seal.transaction, "nonce");
  return readFile(path, "latin1").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
