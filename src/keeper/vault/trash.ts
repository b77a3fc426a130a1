import { floorKeeps } from "~/domain/compaction-gate";
import type { LedgerArchive } from "../contract/archives";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { type ArchiveEntry, changeLedger, readLedger } from "./archive-ledger";
import { demandNotHeld } from "./hold";
import { rulesInForce } from "./rules";
import { closedWindows, openWindows } from "./windows";

const UNKNOWN = "The ledger does not know it.";

/**
 * Marks archives as trashed, in the keeper's ledger only: nothing is written to the repository, so taking the mark away brings them back.
 * What the floor or a protection keeps is not marked. Twice changes nothing: an archive in the trash keeps its first day there.
 */
export async function trashArchives(keeper: Keeper, repositoryId: string, borgIds: readonly string[]) {
  await demandNotHeld(keeper.paths, repositoryId);
  const rules = await rulesInForce(keeper, repositoryId);
  const wanted = new Set(borgIds);
  const before = await readLedger(keeper.paths, repositoryId);
  const inTrash = new Set(before.archives.filter(isTrashed).map((archive) => archive.borgId));
  await openWindows(
    keeper,
    repositoryId,
    [...wanted].filter((id) => !inTrash.has(id)).map((id) => `trash:${id}` as const),
    (key) => !key.startsWith("trash:") || inTrash.has(key.slice("trash:".length)),
  );
  const now = keeper.now();
  const trashed: string[] = [];
  const kept: { borgId: string; why: string }[] = [];
  await changeLedger(keeper.paths, repositoryId, (archives) => {
    demandNoMaintenance(keeper, repositoryId);
    const living = archives.filter((archive) => archive.removedAt === null && archive.trashedAt === null);
    const floor = floorKeeps(living, rules, now);
    const known = new Map(archives.map((archive) => [archive.borgId, archive]));
    for (const borgId of wanted) {
      const archive = known.get(borgId);
      const why =
        archive === undefined
          ? UNKNOWN
          : archive.removedAt !== null
            ? "It is gone already."
            : floor.get(borgId);
      if (why === undefined) trashed.push(borgId);
      else kept.push({ borgId, why });
    }
    const marked = new Set(trashed);
    return archives.map((archive) =>
      marked.has(archive.borgId) && archive.trashedAt === null
        ? { ...archive, trashedAt: now.toISOString() }
        : archive,
    );
  });
  return { trashed, kept };
}

/** Takes the mark away. `gone`: deleted for good, or never known. One that is not in the trash counts as brought back. */
export async function bringBackArchives(keeper: Keeper, repositoryId: string, borgIds: readonly string[]) {
  const wanted = new Set(borgIds);
  const there = await changeStanding(keeper, repositoryId, wanted, (archive) => ({
    ...archive,
    trashedAt: null,
  }));
  return {
    broughtBack: [...wanted].filter((id) => there.has(id)),
    gone: [...wanted].filter((id) => !there.has(id)),
  };
}

/** Protected archives are never deleted, by anyone; one in the trash comes back from it. */
export async function protectArchives(
  keeper: Keeper,
  repositoryId: string,
  borgIds: readonly string[],
  isProtected: boolean,
) {
  const there = await changeStanding(keeper, repositoryId, new Set(borgIds), (archive) => ({
    ...archive,
    protected: isProtected,
    trashedAt: isProtected ? null : archive.trashedAt,
  }));
  return { changed: [...there] };
}

/**
 * Archives whose time in the trash is over and that nothing keeps: the floor is asked once more, over all that are left, because rules may
 * have become stricter. Oldest first.
 */
export async function dueArchives(keeper: Keeper, repositoryId: string): Promise<LedgerArchive[]> {
  const rules = await rulesInForce(keeper, repositoryId);
  const isOver = await closedWindows(keeper, repositoryId);
  // In turn with the changes of the ledger, so that none that is under way is overlooked.
  const { archives } = await changeLedger(keeper.paths, repositoryId, (now) => now);
  const standing = archives.filter((archive) => archive.removedAt === null);
  const floor = floorKeeps(standing, rules, keeper.now());
  return standing.filter(
    ({ borgId, trashedAt }) =>
      trashedAt !== null && !floor.has(borgId) && isOver(`trash:${borgId}`, trashedAt, rules.trashDays),
  );
}

async function changeStanding(
  keeper: Keeper,
  repositoryId: string,
  wanted: ReadonlySet<string>,
  change: (archive: LedgerArchive) => ArchiveEntry,
): Promise<Set<string>> {
  const there = new Set<string>();
  await changeLedger(keeper.paths, repositoryId, (archives) => {
    demandNoMaintenance(keeper, repositoryId);
    return archives.map((archive) => {
      if (!wanted.has(archive.borgId) || archive.removedAt !== null) return archive;
      there.add(archive.borgId);
      return change(archive);
    });
  });
  return there;
}

/** A compaction may be deleting the very archive. */
function demandNoMaintenance(keeper: Keeper, repositoryId: string) {
  if (keeper.leases.isHeld(repositoryId, "maintain"))
    throw new KeeperRefuses(
      "repository-locked",
      "Other maintenance of this repository is running. Try again when it has ended.",
    );
}

const isTrashed = (archive: LedgerArchive) => archive.trashedAt !== null && archive.removedAt === null;
