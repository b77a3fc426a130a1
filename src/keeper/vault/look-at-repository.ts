import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Evidence } from "~/domain/tamper";
import type { Keeper } from "../keeper";
import { readCleanState } from "./audited-state";
import { compareSealed } from "./compare-sealed";
import { indexesAgree, indexShowsList } from "./index-shows-list";
import { sealedObjects, sealObjects } from "./known-sets";
import { readNextConfig } from "./next-config";
import { ownSegments } from "./own-segments";
import { isQuiet } from "./quiet";
import { type Scan, scanSegments } from "./scan-segments";
import { readSealInForce, type Seal, sealedFile } from "./seal-record";
import { findStraySegments, lastCommit, listSegments, type SegmentListing } from "./segment-files";
import { readVaultRecord, type VaultRecord } from "./vault-record";

type Ids = { clientId: string; repositoryId: string };

/** Where an audit begins to read, and what it compares. */
export type Base = {
  record: VaultRecord;
  seal: Seal | null;
  /** Null: never audited; then what is there is the baseline. */
  after: number | null;
};

export type Look = {
  /** No process of the client lived while the segments were made ours, and they were read after that. */
  sealable: boolean;
  through: number;
  listing: SegmentListing;
  scan: Scan | null;
  evidence: Evidence[];
};

/** An honest borg writes its index after the list, so this is nothing that a crash leaves. */
const OTHER_LIST = "The repository's index leads to another list of archives than the newest one.";

/** What is known of a repository before it is looked at. */
export async function readBase(keeper: Keeper, ids: Ids): Promise<Base> {
  const record = await readVaultRecord(keeper.paths, ids.repositoryId);
  const seal = keeper.layers.seal ? await readSealInForce(keeper.paths, ids.repositoryId) : null;
  if (seal) await sealObjects(keeper, ids, seal.transaction);
  // What was audited but not sealed is read again: until it is sealed the client's account may have changed it.
  const after = seal ? seal.transaction : (record.sessions[0]?.before ?? record.auditedTransaction);
  return { record, seal, after: record.auditedTransaction === null ? null : after };
}

/**
 * Looks at a repository without its passphrase, in the order that sealing needs: the segments are made ours, then it is asked whether
 * anything of the client lives, and only then they are read and compared.
 */
export async function lookAt(
  keeper: Keeper,
  ids: Ids,
  { record, seal, after }: Base,
  signal: AbortSignal,
): Promise<Look> {
  const { path } = keeper.repositories.get(ids.clientId, ids.repositoryId);
  const missing = await isMissing(path);
  let sealable = keeper.layers.seal && !missing && (await isQuiet(keeper, ids.clientId));
  const evidence: Evidence[] = [];
  if (keeper.root && !missing) {
    const [through, listing] = [await lastCommit(path), await listSegments(path, signal)];
    const fresh = [...listing.values()].filter(({ n }) => n > (seal?.transaction ?? -1) && n <= through);
    const odd = await ownSegments(path, keeper.clients.accountsOf(ids.clientId), fresh, signal);
    for (const segment of odd.slice(0, 20)) evidence.push({ kind: "segment-malformed", segment, offset: 0 });
    sealable &&= await isQuiet(keeper, ids.clientId, 0);
    sealable &&= through === (await lastCommit(path));
    keeper.atStep("audit:owned");
  }
  const [through, listing] = [await lastCommit(path), await listSegments(path, signal)];
  if (missing) return { sealable, through, listing, scan: null, evidence: [{ kind: "repository-missing" }] };
  evidence.push(...(await compare(keeper, ids.repositoryId, path, { record, seal }, listing)));
  const scan = await scanSegments({
    ...{ path, after: after ?? -1, through, listing, signal },
    sessions: after === null ? "trusted" : record.sessions,
    known: sealedObjects(keeper, ids),
  });
  evidence.push(...scan.evidence);
  const index = join(path, `index.${through}`);
  const leadsThere =
    scan.listSegment === null
      ? seal === null || (await indexesAgree(index, sealedIndex(keeper, ids, through)))
      : await indexShowsList(index, scan.listSegment);
  if (!leadsThere) evidence.push({ kind: "list-unreadable", say: OTHER_LIST });
  return { sealable, through, listing, scan, evidence };
}

const sealedIndex = (keeper: Keeper, { repositoryId }: Ids, transaction: number) =>
  sealedFile(keeper.paths, repositoryId, transaction, `index.${transaction}`);

async function compare(
  keeper: Keeper,
  repositoryId: string,
  path: string,
  { record, seal }: Pick<Base, "record" | "seal">,
  listing: SegmentListing,
): Promise<Evidence[]> {
  if (!seal) {
    const [first, ...more] = await findStraySegments(path);
    return first === undefined ? [] : [{ kind: "segments-appeared", count: 1 + more.length, first }];
  }
  const config = await readFile(sealedFile(keeper.paths, repositoryId, seal.transaction, "config"), "latin1");
  const clean = await readCleanState(keeper.paths, repositoryId, record, seal);
  const nextConfig = await readNextConfig(keeper.paths, repositoryId);
  return compareSealed(
    path,
    { ...clean, config, nextConfig },
    listing,
    keeper.paths.sealedSegments(repositoryId),
  );
}

async function isMissing(path: string): Promise<boolean> {
  const kinds = await Promise.all(
    ["data", "config"].map((name) =>
      lstat(join(path, name)).then(
        (found) => found.isDirectory() || found.isFile(),
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
          throw error;
        },
      ),
    ),
  );
  return kinds.includes(false);
}
