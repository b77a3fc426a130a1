import type { Clients } from "../clients";
import type { Leases, Release } from "../lease";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";
import type { RepositoryRecords } from "../repository-records";
import { extraBytesBySeal } from "./extra-bytes";
import { lastCommit, listSegments } from "./segment-files";
import { readVaultRecord } from "./vault-record";

type Parts = { paths: StoragePaths; clients: Clients; repositories: RepositoryRecords; leases: Leases };

/** All repositories of a client together hold as much as they may, so nothing more is written. */
export class ClientQuotaUsed extends KeeperRefuses {
  constructor(usedBytes: number, quotaBytes: number) {
    super(
      "not-allowed",
      `the repositories of this client hold ${inMegabytes(usedBytes)} MB together, and its quota is ${inMegabytes(quotaBytes)} MB; delete archives in the console of Borg Backup Server or have the quota raised.`,
    );
  }
}

/**
 * The turn of a session that wants to write. With a quota on the client its writing sessions come one after the other, whatever repositories
 * they are for: else each could use what is left. Waits as for the repository itself; refuses `repository-locked` when that is too short,
 * and throws {@link ClientQuotaUsed} where nothing is left. Without a quota nothing is waited for.
 *
 * `leftBytes` counts when it is asked, which must be in the session's lease: null: no quota.
 */
export async function writeAsOnlyOne(
  parts: Parts,
  clientId: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<{ release: Release; leftBytes: () => Promise<number | null> }> {
  if (parts.clients.quotaOf(clientId) === null)
    return { release: () => undefined, leftBytes: async () => null };
  const release = await parts.leases.write(turnOf(clientId), waitMs, signal);
  const leftBytes = async () => {
    const quotaBytes = parts.clients.quotaOf(clientId);
    if (quotaBytes === null) return null;
    const usedBytes = await clientBytes(parts, clientId);
    if (usedBytes >= quotaBytes) throw new ClientQuotaUsed(usedBytes, quotaBytes);
    return quotaBytes - usedBytes;
  };
  return { release, leftBytes };
}

/** For a session that an earlier keeper let in: takes the turn, unless another such session has it. */
export function keepTurn({ clients, leases }: Parts, clientId: string): Release {
  if (clients.quotaOf(clientId) === null || leases.isHeld(turnOf(clientId), "write")) return () => undefined;
  return leases.take(turnOf(clientId), "write");
}

/** What all repositories of a client hold, those that wait for their deletion too. Files are counted, nobody's word is. */
export async function clientBytes(
  { paths, repositories }: Pick<Parts, "paths" | "repositories">,
  clientId: string,
): Promise<number> {
  let bytes = 0;
  for (const { repositoryId } of repositories.ofClient(clientId))
    bytes += await storedBytes(paths, { clientId, repositoryId });
  return bytes;
}

/** Committed bytes of a repository, and what is kept only so that a rollback works past a compaction. */
export async function storedBytes(
  paths: StoragePaths,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
): Promise<number> {
  const path = paths.repository(clientId, repositoryId);
  const transaction = await lastCommit(path);
  let bytes = 0;
  for (const segment of (await listSegments(path)).values())
    if (segment.n <= transaction) bytes += segment.size;
  const record = await readVaultRecord(paths, repositoryId);
  for (const extra of (await extraBytesBySeal(paths, repositoryId, record)).values()) bytes += extra;
  return bytes;
}

/** Leases are by repository id, which holds no space. */
const turnOf = (clientId: string) => `client ${clientId}`;

const inMegabytes = (bytes: number) => Math.ceil(bytes / 1_000_000);
