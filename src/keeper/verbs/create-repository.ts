import { chmod, chown, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { repositoryLocation } from "../archive-location";
import { makeClientFolder } from "../client-folder";
import { demandNotMarked } from "../deletion/deletion-mark";
import { isThere } from "../is-there";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { settleOwnership } from "../repository-ownership";
import { readWithBorg, runServerBorg } from "../run-server-borg";
import { sealAnew } from "../vault/seal-anew";

const INIT_LIMIT_SECONDS = 120;

/** borg 1.x takes no smaller quota. */
export const SMALLEST_QUOTA_BYTES = 10_000_000;

/**
 * Makes the repository as `bbv-<id>` in a folder that the client cannot enter until its owners are right. A record without borg's id
 * marks the attempt: what a crash left behind is thrown away and made anew; a finished one is never touched.
 */
export const createRepository: Verb<"create-repository"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, passphrase, quotaBytes } = input;
  if (quotaBytes !== null && quotaBytes < SMALLEST_QUOTA_BYTES)
    throw new KeeperRefuses("bad-request", "A quota must be at least 10 MB.");
  const accounts = keeper.clients.accountsOf(clientId);
  const known = keeper.repositories.find(repositoryId);
  const location = known?.location ?? input.location;
  const root = keeper.locations.rootOf(location);
  // One that is known stays where it is, whatever is asked for.
  keeper.paths.place(repositoryId, root);
  const path = keeper.paths.repository(clientId, repositoryId);
  if (known && known.clientId !== clientId)
    throw new KeeperRefuses("repository-exists", "Another client has a repository of this id.");
  if (known?.borgId) {
    await demandPassphrase(keeper, input, signal);
    return { borgId: known.borgId };
  }
  await demandNotMarked(keeper.paths, repositoryId);
  // A link to where it lay tells of one whose location cannot be used now.
  const served = keeper.paths.servedRepository(clientId, repositoryId);
  if (!known && served !== path && (await isThere(served)))
    throw new KeeperRefuses("repository-exists", "There is a repository of this id in another location.");
  const release = keeper.leases.take(repositoryId, "maintain");
  try {
    if (!known && (await isThere(path)))
      throw new KeeperRefuses(
        "repository-exists",
        `There is a folder at ${path} that the keeper did not make.`,
      );
    const createdAt = keeper.now().toISOString();
    const record = { clientId, quotaBytes, createdAt, location };
    await keeper.repositories.write(repositoryId, { ...record, borgId: null });
    await rm(path, { recursive: true, force: true });
    await rm(keeper.paths.borgBase(repositoryId), { recursive: true, force: true });
    await makeWay(keeper, clientId, repositoryId);
    await mkdir(path, { mode: 0o700 });
    await chmod(path, 0o700);
    if (keeper.root) await chown(path, accounts.vault.uid, accounts.vault.gid);
    const quota = quotaBytes === null ? [] : ["--storage-quota", String(quotaBytes)];
    await runServerBorg(keeper, {
      ...{ clientId, repositoryId, passphrase, signal, limitSeconds: INIT_LIMIT_SECONDS },
      args: ["init", `--encryption=${input.encryption}`, ...quota, "--", repositoryLocation(path)],
    });
    const borgId = readBorgId(await readFile(join(path, "config"), "utf8"));
    if (keeper.root) await settleOwnership(path, accounts);
    // Finished from here on; a crash before the seal is the first audit's business.
    await keeper.repositories.write(repositoryId, { ...record, borgId });
    await sealAnew(keeper, { clientId, repositoryId }, signal);
    return { borgId };
  } finally {
    release();
  }
};

/** In a location of its own a client's repositories have a folder that its group may pass, and the client's home has a link to each. */
export async function makeWay(keeper: Keeper, clientId: string, repositoryId: string) {
  const path = keeper.paths.repository(clientId, repositoryId);
  const served = keeper.paths.servedRepository(clientId, repositoryId);
  if (path === served) return;
  await makeClientFolder(keeper, clientId, path);
  await rm(served, { force: true });
  await symlink(path, served);
}

/** Refuses when the repository that is there opens with another passphrase. */
async function demandPassphrase(
  keeper: Keeper,
  { clientId, repositoryId, passphrase }: { clientId: string; repositoryId: string; passphrase: string },
  signal: AbortSignal,
) {
  const location = repositoryLocation(keeper.paths.repository(clientId, repositoryId));
  try {
    await readWithBorg(keeper, {
      ...{ clientId, repositoryId, passphrase, signal, limitSeconds: INIT_LIMIT_SECONDS },
      args: ["list", "--short", "--", location],
    });
  } catch (error) {
    if (error instanceof KeeperRefuses && error.code === "passphrase-wrong")
      throw new KeeperRefuses("repository-exists", "The repository exists with another passphrase.", error);
    throw error;
  }
}

function readBorgId(config: string): string {
  const found = /^id = ([0-9a-f]{64})$/m.exec(config);
  if (!found?.[1]) throw new Error("borg init left a config without an id");
  return found[1];
}
