import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Keeper } from "../keeper";
import { removeStaleLocks } from "../repository-ownership";
import { writeAtomically } from "../write-atomically";
import { changeLedger } from "./archive-ledger";
import { endServerBorgs } from "./end-processes";
import { rebuildObjects } from "./known-sets";
import { sweepVault } from "./old-seals";
import { quarantine } from "./quarantine";
import { discardTaken, finishRenames, rebuildFromSeal } from "./rebuild-from-seal";
import { readSeal } from "./seal-record";
import { readVaultRecord } from "./vault-record";

const maintenanceIntent = z.object({
  /** The seal in force when it began. While it still is, everything is undone; once a newer one is, it is finished. */
  seal: z.number().int(),
  startedAt: z.string(),
  /** What it deletes for good. */
  deletes: z.array(z.object({ borgId: z.string(), name: z.string() })),
});
export type MaintenanceIntent = z.output<typeof maintenanceIntent>;

type Ids = { clientId: string; repositoryId: string };

/** Writes what is going to be done before the first byte of the repository changes. */
export async function writeIntent(keeper: Keeper, repositoryId: string, intent: MaintenanceIntent) {
  await writeAtomically(pathOf(keeper, repositoryId), `${JSON.stringify(intent)}\n`, 0o600);
}

/** Null: no compaction is under way, and none was cut off. */
export async function readIntent(keeper: Keeper, repositoryId: string): Promise<MaintenanceIntent | null> {
  try {
    return maintenanceIntent.parse(JSON.parse(await readFile(pathOf(keeper, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Ends what a crash or a failing borg has left of a compaction: before its new seal the repository goes back to the seal it began with,
 * byte by byte; after it the ledger is brought up to date. Needs no passphrase. May run twice. Needs the maintain lease, or that
 * nobody can ask for one yet.
 */
export async function recoverMaintenance(keeper: Keeper, { clientId, repositoryId }: Ids): Promise<void> {
  await finishRenames(keeper, { clientId, repositoryId });
  const intent = await readIntent(keeper, repositoryId);
  if (intent === null) return;
  await endServerBorgs(keeper, repositoryId);
  const { seals } = await readVaultRecord(keeper.paths, repositoryId);
  if (seals.at(-1)?.transaction === intent.seal) await undo(keeper, { clientId, repositoryId }, intent);
  else await finishCompaction(keeper, { clientId, repositoryId }, intent);
}

/** `recoverMaintenance` for every repository, before any session is let in. */
export async function recoverAll(keeper: Keeper): Promise<void> {
  for (const ids of keeper.repositories.all()) await recoverOrHold(keeper, ids);
}

/** `recoverMaintenance`; where that fails (a full disk) the repository is held, so that nobody builds on half of a compaction. */
export async function recoverOrHold(keeper: Keeper, ids: Ids): Promise<void> {
  try {
    await recoverMaintenance(keeper, ids);
  } catch (error) {
    console.error(`the compaction of repository ${ids.repositoryId} could not be undone:`, error);
    const say = "A compaction was cut off and could not be undone yet. Roll the repository back.";
    await quarantine(keeper, ids, [{ kind: "list-unreadable", say }]);
  }
}

/** The last step of a compaction, after its new seal is in force. May run twice. */
export async function finishCompaction(keeper: Keeper, ids: Ids, intent: MaintenanceIntent): Promise<void> {
  await noteDeleted(keeper, ids.repositoryId, intent, true);
  await rm(pathOf(keeper, ids.repositoryId), { force: true });
}

/** Marks what a compaction deletes as gone, or takes that back. May run twice. */
export async function noteDeleted(
  keeper: Keeper,
  repositoryId: string,
  { deletes }: MaintenanceIntent,
  isDeleted: boolean,
): Promise<void> {
  const ids = new Set(deletes.map((archive) => archive.borgId));
  const now = keeper.now().toISOString();
  await changeLedger(keeper.paths, repositoryId, (archives) =>
    archives.map((archive) =>
      ids.has(archive.borgId)
        ? { ...archive, removedAt: isDeleted ? (archive.removedAt ?? now) : null }
        : archive,
    ),
  );
}

async function undo(keeper: Keeper, ids: Ids, intent: MaintenanceIntent) {
  const { path } = keeper.repositories.get(ids.clientId, ids.repositoryId);
  const seal = await readSeal(keeper.paths, ids.repositoryId, intent.seal);
  await noteDeleted(keeper, ids.repositoryId, intent, false);
  await sweepVault(keeper, ids.repositoryId, null);
  const { transaction, segments } = seal;
  const rebuilt = await rebuildFromSeal(keeper, { ...ids, transaction, segments, beyond: null });
  keeper.atStep("undo:rebuilt");
  // Only our own borg wrote since the seal: there is nothing to look at.
  await discardTaken(rebuilt);
  await removeStaleLocks(path, keeper.clients.accountsOf(ids.clientId), keeper.root);
  await rebuildObjects(keeper, ids, new AbortController().signal);
  // borg remembers there a later state than the one that is back.
  await rm(keeper.paths.borgBase(ids.repositoryId), { recursive: true, force: true });
  await rm(pathOf(keeper, ids.repositoryId), { force: true });
}

const pathOf = (keeper: Keeper, repositoryId: string) =>
  join(keeper.paths.vault(repositoryId), "maintenance.json");
