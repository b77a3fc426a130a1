import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { type LedgerArchive, ledgerArchive } from "../contract/archives";
import type { StoragePaths } from "../paths";
import { Turns } from "../turns";
import { writeAtomically } from "../write-atomically";

export const ledgerFile = z.object({
  /** The highest revision ever given. */
  revision: z.number().int().nonnegative(),
  archives: z.array(ledgerArchive),
});

/** Every archive an audit ever found clean, in the order they were found. */
export type ArchiveLedger = z.output<typeof ledgerFile>;

const NO_LEDGER: ArchiveLedger = { revision: 0, archives: [] };

/** An entry as a change gives it back: whoever changes it, the revision is the ledger's business. */
export type ArchiveEntry = Omit<LedgerArchive, "revision">;

/** The keeper's own list of a repository's archives, `vault/<id>/archives.json`; empty before the first audit. */
export async function readLedger(paths: StoragePaths, repositoryId: string): Promise<ArchiveLedger> {
  const text = await readFile(paths.keeperLedger(repositoryId), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );
  return text === null ? NO_LEDGER : ledgerFile.parse(JSON.parse(text));
}

/** Entries that were neither given up nor deleted for good; those in the trash are among them. */
export function standing(ledger: ArchiveLedger): LedgerArchive[] {
  return ledger.archives.filter((archive) => archive.removedAt === null);
}

const turnsByPath = new Map<string, Turns>();

/**
 * Changes the ledger as one step, on disk when this resolves. `change` gets all entries and returns all of them: the ones it changed
 * or added get the next revisions, in their order. One that it leaves out is a fault: the ledger forgets nothing.
 */
export async function changeLedger(
  paths: StoragePaths,
  repositoryId: string,
  change: (archives: readonly LedgerArchive[]) => readonly ArchiveEntry[],
): Promise<ArchiveLedger> {
  const path = paths.keeperLedger(repositoryId);
  const turns = turnsByPath.get(path) ?? new Turns();
  turnsByPath.set(path, turns);
  return turns.take(async () => {
    const before = await readLedger(paths, repositoryId);
    const next = withRevisions(before, change(before.archives));
    if (next.revision === before.revision) return before;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeAtomically(path, `${JSON.stringify(next)}\n`, 0o600);
    return next;
  });
}

function withRevisions(before: ArchiveLedger, changed: readonly ArchiveEntry[]): ArchiveLedger {
  const known = new Map(before.archives.map((archive) => [archive.borgId, archive]));
  let revision = before.revision;
  const archives = changed.map((entry) => {
    const old = known.get(entry.borgId);
    known.delete(entry.borgId);
    if (old && FIELDS.every((field) => old[field] === entry[field])) return old;
    revision += 1;
    return ledgerArchive.parse({ ...entry, revision });
  });
  if (known.size > 0) throw new Error(`a change of the archive ledger lost ${known.size} of its entries`);
  if (new Set(archives.map((archive) => archive.borgId)).size !== archives.length)
    throw new Error("a change of the archive ledger holds an archive twice");
  return { revision, archives };
}

const FIELDS = [
  ...(["borgId", "name", "observedAt", "session", "claimedStartAt"] as const),
  ...(["protected", "trashedAt", "removedAt"] as const),
];
