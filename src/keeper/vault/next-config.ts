import { createHash } from "node:crypto";
import { chmod, chown, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Keeper } from "../keeper";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";
import { writeAtomically } from "../write-atomically";
import { compareConfigs, readConfig } from "./compare-sealed";
import { readSealInForce, sealedFile, writeSeal } from "./seal-record";

/** The configuration that the keeper is about to write; null: none. It is written before the repository's and removed after the seal's. */
export async function readNextConfig(paths: StoragePaths, repositoryId: string): Promise<string | null> {
  return readFile(nextPath(paths, repositoryId), "latin1").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

/**
 * Changes a sealed repository's configuration: the one in the repository and the one in the seal, which an audit compares. Cut off between
 * them, `next` tells an audit that this was us; the next call brings both to the end. The new text is made from the sealed one, never
 * from what lies in the client's reach. Needs the maintain lease. Refuses `not-allowed` where the repository's differs already.
 */
export async function changeConfig(
  keeper: Keeper,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
  change: (config: string) => string,
): Promise<void> {
  const { paths } = keeper;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const seal = await readSealInForce(paths, repositoryId);
  if (!seal)
    throw new KeeperRefuses(
      "not-allowed",
      "This repository has not been sealed yet. Its settings can be changed after the first clean audit.",
    );
  const sealedPath = sealedFile(paths, repositoryId, seal.transaction, "config");
  const sealed = await readFile(sealedPath, "latin1");
  const present = await readConfig(join(path, "config"));
  const interrupted = await readNextConfig(paths, repositoryId);
  const isOurs = [sealed, ...(interrupted === null ? [] : [interrupted])].some(
    (text) => present !== null && compareConfigs(text, present).length === 0,
  );
  if (!isOurs)
    throw new KeeperRefuses(
      "not-allowed",
      "The repository's configuration was changed. An audit must look at it.",
    );
  const next = change(sealed);
  await writeAtomically(nextPath(paths, repositoryId), next, 0o600);
  keeper.atStep("config:intended");
  // Made where only root writes, then moved: a name in the repository could be a link of the client's.
  const ready = `${nextPath(paths, repositoryId)}.ready`;
  await writeFile(ready, next, { mode: 0o600, encoding: "latin1" });
  if (keeper.root) {
    const { vault } = keeper.clients.accountsOf(clientId);
    await chown(ready, vault.uid, vault.gid);
    await chmod(ready, 0o640);
  }
  await rename(ready, join(path, "config"));
  keeper.atStep("config:written");
  await writeAtomically(sealedPath, next, 0o600);
  const configSha256 = createHash("sha256").update(Buffer.from(next, "latin1")).digest("hex");
  await writeSeal(paths, repositoryId, { ...seal, configSha256 });
  keeper.atStep("config:sealed");
  await rm(nextPath(paths, repositoryId), { force: true });
}

const nextPath = (paths: StoragePaths, repositoryId: string) =>
  join(paths.vault(repositoryId), "config.next");
