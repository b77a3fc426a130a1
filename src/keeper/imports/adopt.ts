import { lstat, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Keeper } from "../keeper";
import { writeKeyFile } from "../key-file";
import { KeeperRefuses } from "../refusal";
import { enterArchives } from "../vault/judge-archives";
import { sealAnew } from "../vault/seal-anew";
import { readVaultRecord } from "../vault/vault-record";
import { makeWay } from "../verbs/create-repository";
import { whenMissing } from "../when-missing";
import type { ExaminedFolder } from "./examine-folder";
import { dropJournal, type ImportJournal, readJournal, writeJournal } from "./import-journal";
import { dropStage, makeStage } from "./import-stage";
import { listStage } from "./verify-stage";

type Ids = { clientId: string; repositoryId: string };

/**
 * Takes an examined folder in as a repository. The source is touched last: until everything is in its place under a name of its own and
 * sealed, every segment has its old name as well, so whatever ends this leaves it whole. A crash before the repository is in its place is
 * undone at the keeper's next start, one after it is brought to its end (`resumeImports`). Needs the maintain lease.
 */
export async function takeIn(
  keeper: Keeper,
  input: Ids & { passphrase: string; quotaBytes: number | null; location: string },
  source: ExaminedFolder,
  key: string | null,
  signal: AbortSignal,
): Promise<void> {
  const { clientId, repositoryId, passphrase, quotaBytes, location } = input;
  const { borgId } = source.config;
  const createdAt = keeper.now().toISOString();
  const { path, device, inode } = source;
  await mkdir(keeper.paths.vault(repositoryId), { recursive: true, mode: 0o700 });
  await writeJournal(keeper.paths, repositoryId, { path, device, inode, borgId, startedAt: createdAt });
  await keeper.repositories.write(repositoryId, { clientId, borgId: null, quotaBytes, createdAt, location });
  keeper.atStep("import:intended");
  try {
    if (key !== null) await writeKeyFile(keeper.paths, repositoryId, key);
    const stage = await makeStage(keeper, input, source, { quotaBytes }, signal);
    keeper.atStep("import:staged");
    const listed = await listStage(keeper, { clientId, repositoryId, passphrase, key, stage }, signal);
    // When they were made is the claim of whoever made them: here they are from now on.
    await enterArchives(keeper, repositoryId, listed, () => ({ observedAt: createdAt, session: null }));
    keeper.atStep("import:ledgered");
    await makeWay(keeper, clientId, repositoryId);
    await rename(stage, keeper.paths.repository(clientId, repositoryId));
  } catch (error) {
    await undo(keeper, input);
    throw error;
  }
  keeper.atStep("import:placed");
  await finish(keeper, input, signal);
}

/** Brings to an end what a crash interrupted; for the keeper's start, before anybody can reach it. One that fails is told in the log. */
export async function resumeImports(keeper: Keeper): Promise<void> {
  for (const { clientId, repositoryId } of keeper.repositories.everyRecord()) {
    try {
      const journal = await readJournal(keeper.paths, repositoryId);
      if (journal === null) continue;
      if (await isFolder(keeper.paths.repository(clientId, repositoryId)))
        await finish(keeper, { clientId, repositoryId }, new AbortController().signal);
      else if (await isSource(journal)) await undo(keeper, { clientId, repositoryId });
      else console.error(`the source of repository ${repositoryId} went away while it was taken in`);
    } catch (error) {
      console.error(`taking in repository ${repositoryId} could not be brought to an end:`, error);
    }
  }
}

/** From the moment that the repository is in its place. May run twice; needs no passphrase. */
export async function finish(keeper: Keeper, ids: Ids, signal: AbortSignal): Promise<void> {
  const { repositoryId } = ids;
  const journal = await readJournal(keeper.paths, repositoryId);
  const record = keeper.repositories.find(repositoryId);
  if (journal === null || record === null) return;
  if (record.borgId === null) {
    await keeper.repositories.write(repositoryId, { ...record, borgId: journal.borgId });
    keeper.atStep("import:recorded");
  }
  if ((await readVaultRecord(keeper.paths, repositoryId)).seals.length === 0)
    await sealAnew(keeper, ids, signal);
  keeper.atStep("import:sealed");
  await dropStage(keeper, ids);
  if (await isSource(journal)) await removeSource(journal.path);
  keeper.atStep("import:removed");
  await dropJournal(keeper.paths, repositoryId);
}

/** As if it had never begun: what was made are second names and copies. The record goes last. */
async function undo(keeper: Keeper, ids: Ids): Promise<void> {
  await dropStage(keeper, ids);
  await rm(keeper.paths.knownObjects(ids.clientId, ids.repositoryId), { recursive: true, force: true });
  await keeper.repositories.forget(ids.repositoryId);
}

/** Of a mounted medium the empty folder stays, of one that is mounted read-only everything: nothing of it is needed any more. */
async function removeSource(path: string): Promise<void> {
  try {
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
    await rmdir(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!["EROFS", "EBUSY", "EPERM", "EACCES"].includes(code)) throw error;
    console.error(`${path} was taken in and could not be removed (${code}); it can be removed by hand`);
  }
}

async function isSource({ path, device, inode }: ImportJournal): Promise<boolean> {
  const found = await lstat(path).catch(whenMissing);
  return found?.isDirectory() === true && found.dev === device && found.ino === inode;
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(whenMissing))?.isDirectory() === true;
}

/** Two with the same id would share borg's nonces and its memory on the clients: the second one is refused. */
export function demandNew(keeper: Keeper, borgId: string): void {
  const same = keeper.repositories.everyRecord().find((record) => record.borgId === borgId);
  if (same)
    throw new KeeperRefuses(
      "repository-exists",
      "This repository, or a copy of it, is here already: borg gave both the same id. Two of them cannot be kept; remove the folder.",
    );
}
