import { chown, lstat, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeClientFolder } from "../client-folder";
import { isThere } from "../is-there";
import type { Keeper } from "../keeper";
import { beginKeeping } from "../kept/kept-copy";
import { settleOwnership } from "../repository-ownership";
import { syncPath } from "../sync-path";
import { endServerBorgs } from "../vault/end-processes";
import { whenMissing } from "../when-missing";
import { forgetMove, listMoves, type MoveRecord, readMove } from "./move-record";

/** What is needed before there is a keeper. */
export type MoveParts = Pick<Keeper, "paths" | "locations" | "clients" | "root" | "now" | "atStep">;

/** Where a copy grows until it is the true place. Ids hold no dot, so the names are nobody else's. */
export const stageOf = (path: string) => `${path}.moving`;

/** Name of the folder where borg keeps what it knows of a copy that is being proved. */
export const moveBase = (repositoryId: string) => `${repositoryId}-move`;

/**
 * For the keeper's start, before repositories are looked for: a move that had not switched is undone, one that had is finished. Returns
 * which location each repository is not to be looked for in: that of an old place whose disk is not there now.
 */
export async function settleMoves(parts: MoveParts): Promise<Map<string, string>> {
  const left = new Map<string, string>();
  for (const repositoryId of await listMoves(parts.paths)) {
    const move = await readMove(parts.paths, repositoryId);
    if (move === null) continue;
    // Whatever happens: what the record does not call true must not be served.
    left.set(repositoryId, move.switched ? move.from : move.to);
    try {
      if (await settleMove(parts, repositoryId, move)) left.delete(repositoryId);
    } catch (error) {
      console.error(`the move of repository ${repositoryId} could not be brought to an end:`, error);
    }
  }
  return left;
}

/** Finishes a move that has switched, undoes one that has not. May run twice. False: a disk that it needs is not there. */
export async function settleMove(parts: MoveParts, repositoryId: string, move: MoveRecord): Promise<boolean> {
  const rootOf = (name: string) => parts.locations.usable().find((one) => one.name === name)?.root ?? null;
  const [from, to] = [rootOf(move.from), rootOf(move.to)];
  await endServerBorgs(parts, moveBase(repositoryId));
  await removeTree(parts.paths.borgBase(moveBase(repositoryId)));
  if (!move.switched) {
    if (to === null) return false;
    await removeTree(stageOf(parts.paths.repositoryAt(to, move.clientId, repositoryId)));
    await removeTree(stageOf(parts.paths.vaultAt(to, repositoryId)));
  } else {
    if (from !== null) await setOldAside(parts, from, repositoryId, move);
    parts.atStep("move:set-aside");
    if (to !== null) await putInPlace(parts, to, repositoryId, move);
    parts.atStep("move:in-place");
    if (from === null || to === null) return false;
  }
  await forgetMove(parts.paths, repositoryId);
  return true;
}

/** Into a folder of the old location that only root enters. What is there already is not touched again. */
async function setOldAside(parts: MoveParts, root: string, repositoryId: string, move: MoveRecord) {
  const { paths } = parts;
  const { clientId } = move;
  const path = paths.repositoryAt(root, clientId, repositoryId);
  const kept = await beginKeeping(parts, root, move.kept, { clientId, repositoryId, why: "moved" });
  for (const [old, name] of [
    [path, "repository"],
    [`${path}.quarantine`, "set-aside"],
    [paths.vaultAt(root, repositoryId), "vault"],
  ] as const) {
    // In the main location a link stands there once the new place is served.
    if (!(await lstat(old).catch(whenMissing))?.isDirectory()) continue;
    await rename(old, join(kept, name));
    await syncPath(dirname(old));
  }
  await syncPath(kept);
}

async function putInPlace(parts: MoveParts, root: string, repositoryId: string, move: MoveRecord) {
  const { paths } = parts;
  const { clientId } = move;
  const path = paths.repositoryAt(root, clientId, repositoryId);
  const vault = paths.vaultAt(root, repositoryId);
  const served = paths.servedRepository(clientId, repositoryId);
  await makeClientFolder(parts, clientId, path);
  const link = (await lstat(served).catch(whenMissing))?.isSymbolicLink() ? await readlink(served) : null;
  if (link !== null && link !== path) await rm(served, { force: true });
  if (await isThere(stageOf(path))) await rename(stageOf(path), path);
  if (await isThere(stageOf(vault))) await rename(stageOf(vault), vault);
  if (path !== served && link !== path) await symlink(path, served);
  // Until here only root and our own account could enter the new folder.
  if (parts.root) {
    const accounts = parts.clients.accountsOf(clientId);
    await chown(path, accounts.vault.uid, accounts.vault.gid);
    await settleOwnership(path, accounts);
  }
  for (const folder of [dirname(path), dirname(vault), dirname(served)]) await syncPath(folder);
}

const removeTree = (path: string) => rm(path, { recursive: true, force: true });
