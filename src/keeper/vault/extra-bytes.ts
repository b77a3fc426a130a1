import type { StoragePaths } from "../paths";
import { readSeal } from "./seal-record";
import type { VaultRecord } from "./vault-record";

/**
 * Bytes that are kept for a seal alone: segments that no later seal holds any more, because a compaction has taken them out of the
 * repository. By transaction.
 */
export async function extraBytesBySeal(
  paths: StoragePaths,
  repositoryId: string,
  record: VaultRecord,
): Promise<Map<number, number>> {
  const extra = new Map<number, number>();
  const later = new Set<number>();
  for (const { transaction } of record.seals.toReversed()) {
    let bytes = 0;
    for (const { n, size } of (await readSeal(paths, repositoryId, transaction)).segments) {
      if (!later.has(n)) bytes += size;
      later.add(n);
    }
    // What the seal in force holds is the repository itself.
    extra.set(transaction, extra.size === 0 ? 0 : bytes);
  }
  return extra;
}
