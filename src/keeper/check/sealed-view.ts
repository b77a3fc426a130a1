import { chownSync, linkSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { chmod, chown, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import type { Keeper } from "../keeper";
import { Breather } from "../vault/breather";
import { endServerBorgs } from "../vault/end-processes";
import { restoreSmallFiles } from "../vault/restore-small-files";
import { listSegments, type SegmentFile } from "../vault/segment-files";
import { demandSeal } from "./check-segments";
import type { Finding } from "./coverage-record";

type Ids = { clientId: string; repositoryId: string };

/** Longest wait for maintenance to end before the links are made. */
const PATIENCE_MS = 600_000;

/** A repository as it was sealed, in a folder of its own that only `bbv-<id>` enters. */
export type SealedView = {
  path: string;
  transaction: number;
  /** Sealed segments that are not there as they were: they are missing from the view as well. */
  findings: Finding[];
};

/**
 * Makes a second folder of a repository's sealed state, of hard links and copies of the small files, for our own borg to read as long as it
 * likes: the client's backups go on in the first one, and a compaction there takes nothing from here. Null: this storage cannot give a
 * file a second name. Replaces what an earlier one left behind; `dropSealedView` takes it away.
 */
export async function makeSealedView(
  keeper: Keeper,
  ids: Ids,
  signal: AbortSignal,
): Promise<SealedView | null> {
  const { repositoryId, clientId } = ids;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const accounts = keeper.root ? keeper.clients.accountsOf(clientId) : null;
  await dropSealedView(keeper, ids);
  const stage = viewPath(path);
  const release = await keeper.leases.read(repositoryId, PATIENCE_MS, signal);
  try {
    const seal = await demandSeal(keeper, repositoryId);
    const { transaction } = seal;
    const listing = await listSegments(path, signal);
    const findings: Finding[] = [];
    const folders = new Set<string>();
    const breather = new Breather(signal);
    for (const sealed of seal.segments) {
      const target = segmentPath(stage, sealed.n);
      if (!folders.has(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      folders.add(dirname(target));
      const found = listing.get(sealed.n);
      const linked = found?.size === sealed.size ? linkOne(found, target) : "changed";
      if (linked === "impossible") return await nothing(keeper, ids);
      if (linked === "changed")
        findings.push({ segment: sealed.n, say: `Segment ${sealed.n} is missing or not what was sealed.` });
      if (breather.isOverdue()) await breather.rest();
    }
    await restoreSmallFiles({
      ...{ transaction, old: path, stage },
      seal: keeper.paths.seal(repositoryId, transaction),
      accounts: accounts && { serve: accounts.vault, vault: accounts.vault },
    });
    if (accounts) {
      const { uid, gid } = accounts.vault;
      for (const folder of [...folders, join(stage, "data")]) chownSync(folder, uid, gid);
      await chown(stage, uid, gid);
    }
    await chmod(stage, 0o700);
    return { path: stage, transaction, findings };
  } finally {
    release();
  }
}

/** Ends a borg that an earlier keeper left in it, and removes it. Segments keep their other names. May run twice. */
export async function dropSealedView(keeper: Keeper, { clientId, repositoryId }: Ids): Promise<void> {
  await endServerBorgs(keeper, viewBase(repositoryId));
  // Only root and our own account were ever in there.
  await rm(viewPath(keeper.paths.repository(clientId, repositoryId)), { recursive: true, force: true });
  await rm(keeper.paths.borgBase(viewBase(repositoryId)), { recursive: true, force: true });
}

/** Name of the folder where borg keeps what it knows of a view; ids hold no dash. */
export const viewBase = (repositoryId: string) => `${repositoryId}-check`;

export const viewPath = (repositoryPath: string) => `${repositoryPath}.checking`;

async function nothing(keeper: Keeper, ids: Ids): Promise<null> {
  await dropSealedView(keeper, ids);
  return null;
}

function linkOne(segment: SegmentFile, target: string): "linked" | "changed" | "impossible" {
  try {
    linkSync(segment.path, target);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return "changed";
    if (["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP"].includes(code)) return "impossible";
    throw error;
  }
  const made = lstatSync(target, { bigint: true });
  if (String(made.ino) === segment.inode && made.isFile()) return "linked";
  rmSync(target);
  return "changed";
}
