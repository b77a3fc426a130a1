import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { repairReport } from "../contract/maintenance";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";
import { syncPath } from "../sync-path";
import { writeAtomically } from "../write-atomically";

const repairRecord = z.object({
  clientId: z.string().regex(/^[a-z0-9]{1,20}$/),
  /** Name of the location, and in it of the folder where the state of before is kept. */
  location: z.string(),
  kept: z.string(),
  startedAt: z.string(),
  /** Names of the folders with ids of objects that were not sealed then. */
  since: z.array(z.string()),
  /**
   * `preparing`: a second set of names grows, the repository is as it was. `open`: the originals are kept, and whatever ends this puts them
   * back. `repaired`: a person decides. `accepted`: somebody has; it can still be undone while nothing was written since.
   */
  state: z.enum(["preparing", "open", "repaired", "accepted"]),
  report: repairReport.nullable(),
  /** The last transaction when it was accepted. */
  acceptedTransaction: z.number().int().nullable(),
});
export type RepairRecord = z.output<typeof repairRecord>;

/** How far the repair of a repository is, in `keeper/repairs/<id>.json`; null: there is none to be undone. */
export async function readRepair(paths: StoragePaths, repositoryId: string): Promise<RepairRecord | null> {
  try {
    return repairRecord.parse(JSON.parse(await readFile(pathOf(paths, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export async function writeRepair(
  paths: StoragePaths,
  repositoryId: string,
  repair: RepairRecord,
): Promise<void> {
  await mkdir(paths.repairs, { recursive: true, mode: 0o700 });
  await writeAtomically(pathOf(paths, repositoryId), `${JSON.stringify(repair)}\n`, 0o600);
}

/** The last step of undoing, or that its copy is gone. May run twice. */
export async function forgetRepair(paths: StoragePaths, repositoryId: string): Promise<void> {
  await rm(pathOf(paths, repositoryId), { force: true });
  await syncPath(paths.repairs);
}

/** Ids of the repositories with a record. */
export async function listRepairs(paths: StoragePaths): Promise<string[]> {
  const names = await readdir(paths.repairs).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.flatMap((name) => /^([a-z0-9]{1,20})\.json$/.exec(name)?.[1] ?? []);
}

/** Refuses while a repair waits for a decision: what would be done now belongs to neither of the two states. */
export async function demandNoOpenRepair(paths: StoragePaths, repositoryId: string): Promise<void> {
  const repair = await readRepair(paths, repositoryId);
  if (repair === null || repair.state === "accepted") return;
  throw new KeeperRefuses(
    "not-allowed",
    "This repository was repaired, and nobody has decided on the result. Accept it or undo the repair first.",
  );
}

const pathOf = (paths: StoragePaths, repositoryId: string) => join(paths.repairs, `${repositoryId}.json`);
