import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ClientAccounts } from "../clients";
import { KeeperRefuses } from "../refusal";

/**
 * Makes a finished parcel the other client's to read: `bbv-<id>` of that client owns it, its group reads it, nobody writes. Each file is
 * opened without following links and changed through the descriptor; one with a second name elsewhere would give that away too.
 */
export async function handOver(folder: string, accounts: ClientAccounts): Promise<void> {
  await give(folder, accounts);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await handOver(path, accounts);
    else await give(path, accounts);
  }
}

async function give(path: string, { vault, serve }: ClientAccounts): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isDirectory() && (!found.isFile() || found.nlink !== 1))
      throw new KeeperRefuses("fault", "There is something in the parcel that borg does not make.");
    await file.chown(vault.uid, serve.gid);
    await file.chmod(found.isDirectory() ? 0o550 : 0o440);
  } finally {
    await file.close();
  }
}
