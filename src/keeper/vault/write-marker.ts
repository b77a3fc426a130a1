import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { archiveLocation } from "../archive-location";
import type { Keeper } from "../keeper";
import { runServerBorg } from "../run-server-borg";

const MARKER_LIMIT_SECONDS = 600;

/**
 * Writes a small archive into a repository that was rolled back, and says its name. borg gives the manifest a new time with it; without
 * that, clients that have seen a later state than the one that is back refuse to go on ("newer than repository", borg 1.2.4, 1.4.0).
 * Needs the maintain lease and an empty base folder.
 */
export async function writeMarker(
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; passphrase: string },
  sealedAt: string,
  signal: AbortSignal,
): Promise<string> {
  const { clientId, repositoryId, passphrase } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const now = keeper.now().toISOString();
  const name = `bbs-rolled-back-${now.replace(/\.\d+Z$/, "Z")}`;
  const folder = keeper.paths.borgBase(repositoryId);
  const note = join(folder, "rolled-back.txt");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(
    note,
    `This repository was put back at ${now} to the state that was sealed at ${sealedAt}.\n`,
    { mode: 0o644 },
  );
  if (keeper.root) {
    const { vault } = keeper.clients.accountsOf(clientId);
    for (const one of [folder, note]) await chown(one, vault.uid, vault.gid);
  }
  await runServerBorg(keeper, {
    ...{ clientId, repositoryId, passphrase, signal, limitSeconds: MARKER_LIMIT_SECONDS },
    // Without the option borg would first read the metadata of every archive into its cache.
    args: ["create", "--lock-wait=60", "--no-cache-sync", "--", archiveLocation(path, name), note],
  });
  return name;
}
