import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isThere } from "../is-there";
import type { Keeper } from "../keeper";
import { syncPath } from "../sync-path";
import { endServerBorgs } from "../vault/end-processes";
import { forgetRepair, listRepairs, type RepairRecord, readRepair, writeRepair } from "./repair-record";

/** What is needed before there is a keeper. */
type Parts = Pick<Keeper, "paths" | "locations" | "atStep">;

/**
 * For the keeper's start, before repositories are looked for: a repair that a crash cut off is undone. One that waits for a decision, or that
 * somebody has accepted, stays.
 */
export async function settleRepairs(parts: Parts): Promise<void> {
  for (const repositoryId of await listRepairs(parts.paths)) {
    const repair = await readRepair(parts.paths, repositoryId);
    if (repair === null || repair.state === "repaired" || repair.state === "accepted") continue;
    try {
      await putCopyBack(parts, repositoryId, repair);
    } catch (error) {
      console.error(`the repair of repository ${repositoryId} could not be undone:`, error);
    }
  }
}

/** A repository's folders, as they are and as they are kept. */
export function treesOf({ paths, locations }: Parts, repositoryId: string, repair: RepairRecord) {
  const root = locations.rootOf(repair.location);
  const kept = join(paths.keptAt(root), repair.kept);
  const known = (name: string) => ({ live: join(paths.known(repair.clientId), name), name: `known-${name}` });
  return {
    kept,
    trees: [
      { live: paths.repositoryAt(root, repair.clientId, repositoryId), name: "repository" },
      { live: paths.vaultAt(root, repositoryId), name: "vault" },
      ...[repositoryId, ...repair.since].map(known),
    ],
  };
}

/** The originals go out of the way, their second names into their place. A crash in between is undone. */
export async function swapIn(parts: Parts, repositoryId: string, repair: RepairRecord): Promise<void> {
  const { kept, trees } = treesOf(parts, repositoryId, repair);
  for (const { live, name } of trees) {
    if (!(await isThere(live))) continue;
    await rename(live, join(kept, name));
    parts.atStep("repair:between-renames");
    await rename(join(kept, `second-${name}`), live);
    await syncPath(dirname(live));
  }
  await syncPath(kept);
}

/** The originals come back to their place, whatever stands there; nothing else is left of the repair. May run twice. */
export async function putCopyBack(parts: Parts, repositoryId: string, repair: RepairRecord): Promise<void> {
  await endServerBorgs(parts, repositoryId);
  if (repair.state !== "preparing")
    await writeRepair(parts.paths, repositoryId, { ...repair, state: "open" });
  const { kept, trees } = treesOf(parts, repositoryId, repair);
  for (const { live, name } of trees) {
    if (!(await isThere(join(kept, name)))) continue;
    if (await isThere(live)) await rename(live, join(kept, `undone-${name}`));
    parts.atStep("undo-repair:between-renames");
    await rename(join(kept, name), live);
    await syncPath(dirname(live));
  }
  parts.atStep("undo-repair:renamed");
  // borg remembers there a later state than the one that is back.
  await rm(parts.paths.borgBase(repositoryId), { recursive: true, force: true });
  await rm(kept, { recursive: true, force: true });
  await forgetRepair(parts.paths, repositoryId);
}
