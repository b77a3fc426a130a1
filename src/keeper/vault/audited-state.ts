import { readFile } from "node:fs/promises";
import type { StoragePaths } from "../paths";
import { writeAtomically } from "../write-atomically";
import { type Seal, sealRecord } from "./seal-record";
import type { SegmentFile } from "./segment-files";
import type { VaultRecord } from "./vault-record";

const auditedState = sealRecord.pick({ transaction: true, segments: true });

/**
 * Remembers what segments looked like that were found clean and could not be sealed yet, in `vault/<id>/audited.json`. They are
 * `bbv-<id>`'s already, so whoever still writes into one through an old descriptor cannot hide it: its time changes. Write it
 * before the record.
 */
export async function writeAuditedState(
  paths: StoragePaths,
  repositoryId: string,
  transaction: number,
  segments: readonly SegmentFile[],
): Promise<void> {
  const seen = segments.map(({ n, size, mtimeNs, inode }) => ({ n, size, mtimeNs, inode }));
  const text = JSON.stringify({ transaction, segments: seen });
  await writeAtomically(paths.auditedState(repositoryId), `${text}\n`, 0o600);
}

/** The seal in force together with what an audit has found clean beyond it. */
export async function readCleanState(
  paths: StoragePaths,
  repositoryId: string,
  record: VaultRecord,
  seal: Seal,
): Promise<Pick<Seal, "transaction" | "segments">> {
  const audited = record.auditedTransaction ?? seal.transaction;
  if (audited <= seal.transaction) return seal;
  const text = await readFile(paths.auditedState(repositoryId), "utf8");
  const state = auditedState.parse(JSON.parse(text));
  if (state.transaction < audited)
    throw new Error(`the audited state of repository ${repositoryId} is older than its record`);
  // An audit that a crash cut off may have written more than the record speaks of.
  const beyond = state.segments.filter(({ n }) => n > seal.transaction && n <= audited);
  return { transaction: audited, segments: [...seal.segments, ...beyond] };
}
