import type { Evidence } from "~/domain/tamper";
import type { KeeperOutput } from "../contract";
import type { LedgerArchive } from "../contract/archives";
import type { Keeper } from "../keeper";
import { isUnreadable, KeeperRefuses } from "../refusal";
import { ServerBorgFailed } from "../run-server-borg";
import { readArchives } from "../verbs/list-archives";
import { type ArchiveEntry, changeLedger, readLedger, standing } from "./archive-ledger";

type Listed = KeeperOutput<"list-archives">["archives"];
type Input = { clientId: string; repositoryId: string; passphrase: string };

/** Missing archives that are told by name. */
const TOLD = 100;

/** How a traceback ends when the machine is in trouble and not the repository: a disk that cannot be read, no memory, no descriptors. */
const MACHINE_TROUBLE = /^\w*Error: \[Errno \d+\]|^MemoryError/m;

/**
 * Lists the archives with the key and holds them against the ledger: each that stands there, those in the trash too, must be listed
 * under its id and its name. Checkpoints of interrupted backups are neither listed nor ledgered. A list that cannot be read is evidence,
 * unless the reason is ours: a wrong passphrase (the key in `config` is the sealed one when this is asked), no borg, no space, no time.
 */
export async function judgeArchives(
  keeper: Keeper,
  input: Input,
  signal: AbortSignal,
): Promise<{ listed: Listed; evidence: Evidence[] }> {
  let listed: Listed;
  try {
    listed = await readArchives(keeper, { ...input, checkpoints: false }, signal);
  } catch (error) {
    if (!isEvidence(error)) throw error;
    return { listed: [], evidence: [{ kind: "list-unreadable", say: error.message.slice(0, 500) }] };
  }
  const names = new Map<string, Set<string>>();
  for (const { borgId, name } of listed) names.set(borgId, (names.get(borgId) ?? new Set()).add(name));
  const missing = standing(await readLedger(keeper.paths, input.repositoryId)).filter(
    (archive) => !names.get(archive.borgId)?.has(archive.name),
  );
  return { listed, evidence: missing.length === 0 ? [] : [tellMissing(missing)] };
}

function isEvidence(error: unknown): error is KeeperRefuses {
  if (error instanceof ServerBorgFailed && MACHINE_TROUBLE.test(error.logged)) return false;
  return isUnreadable(error) || (error instanceof KeeperRefuses && error.code === "repository-missing");
}

function tellMissing(missing: LedgerArchive[]): Evidence {
  const newest = missing.toSorted((a, b) => b.observedAt.localeCompare(a.observedAt)).slice(0, TOLD);
  const archives = newest.map(({ borgId, name }) => ({ borgId, name }));
  return { kind: "archives-missing", count: missing.length, archives };
}

/**
 * Enters archives that a clean audit found for the first time, with our time and the session that committed them. Returns how many. One
 * that was given up and is there again stands again. May run twice.
 */
export async function enterArchives(
  keeper: Keeper,
  repositoryId: string,
  listed: Listed,
  entered: (archive: Listed[number]) => Pick<ArchiveEntry, "observedAt" | "session">,
): Promise<number> {
  let count = 0;
  await changeLedger(keeper.paths, repositoryId, (archives) => {
    const news = new Map(listed.map((archive) => [archive.borgId, archive]));
    const known = archives.map((archive) => {
      const found = news.get(archive.borgId);
      news.delete(archive.borgId);
      if (!found || archive.removedAt === null) return archive;
      count += 1;
      return { ...archive, name: found.name, ...entered(found), trashedAt: null, removedAt: null };
    });
    count += news.size;
    const fresh = [...news.values()].map((archive) => ({
      ...{ borgId: archive.borgId, name: archive.name, claimedStartAt: archive.startedAt },
      ...{ ...entered(archive), protected: false, trashedAt: null, removedAt: null },
    }));
    return [...known, ...fresh];
  });
  return count;
}
