import type { Clients } from "../clients";
import { demandNotMarked } from "../deletion/deletion-mark";
import type { Layers } from "../layers";
import type { Leases, Release } from "../lease";
import type { ParcelRecords } from "../parcels/parcel-records";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";
import type { RepositoryRecords } from "../repository-records";
import { storedBytes, writeAsOnlyOne } from "./client-quota";
import { demandNotHeld } from "./hold";
import { knownFiles } from "./known-folders";
import type { NextAudits } from "./next-audits";
import { lastCommit } from "./segment-files";
import { changeVaultRecord, readVaultRecord } from "./vault-record";

/**
 * The shortest patience with our own audit. borg's default wait for a lock is one second; someone who runs two backups in a row must not
 * fail because we are looking at the first one.
 */
const AUDIT_PATIENCE_MS = 60_000;

/** A reading session waits at least so long for the server's own work. */
const READ_PATIENCE_MS = 60_000;

export type AdmissionParts = {
  paths: StoragePaths;
  clients: Clients;
  repositories: RepositoryRecords;
  parcels: ParcelRecords;
  leases: Leases;
  audits: NextAudits;
  layers: Layers;
};

export type Admitted = {
  release: Release;
  /** Last committed segment at this moment; null for a session that only reads. */
  transactionBefore: number | null;
  /** Files with the ids of all stored objects; empty for a session that only reads. */
  known: string[];
  mayPutBytes: number | null;
};

/**
 * Lets a session into a repository. Reading: when no maintenance runs. Writing: one at a time, and only when the session before it is
 * gone and audited, so that what it may not touch is known. Waits at most `waitMs` for that. Refuses `repository-held` and
 * `repository-locked`.
 */
export async function admitSession(
  parts: AdmissionParts,
  wanted: { clientId: string; repositoryId: string; write: boolean; waitMs: number },
  signal: AbortSignal,
): Promise<Admitted> {
  const { clientId, repositoryId, write, waitMs } = wanted;
  if (parts.parcels.ofClient(clientId).some(({ parcelId }) => parcelId === repositoryId))
    return admitToParcel(parts, wanted, signal);
  const { path, quotaBytes } = parts.repositories.get(clientId, repositoryId);
  await demandNoneHeld(parts, clientId);
  if (write) await demandNotMarked(parts.paths, repositoryId);
  const turn = write ? await writeAsOnlyOne(parts, clientId, waitMs, signal) : NO_TURN;
  const lease = write
    ? leaseForWriting(parts, repositoryId, waitMs, signal)
    : parts.leases.read(repositoryId, Math.max(waitMs, READ_PATIENCE_MS), signal);
  const releaseLease = await lease.catch((error) => {
    turn.release();
    throw error;
  });
  const release = () => {
    releaseLease();
    turn.release();
  };
  try {
    // Once more: it may have been held while this session waited.
    await demandNoneHeld(parts, clientId);
    if (!write) return { release, transactionBefore: null, known: [], mayPutBytes: null };
    const transactionBefore = await lastCommit(path);
    const ofRepository =
      quotaBytes === null ? null : quotaBytes - (await storedBytes(parts.paths, { clientId, repositoryId }));
    const left = [ofRepository, await turn.leftBytes()].filter((bytes) => bytes !== null);
    return {
      ...{ release, transactionBefore },
      known: await knownFiles(parts.paths, { clientId, repositoryId }),
      mayPutBytes: left.length === 0 ? null : Math.max(0, Math.min(...left)),
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Whatever the other client does, nothing is written to a parcel. */
async function admitToParcel(
  parts: AdmissionParts,
  wanted: { clientId: string; repositoryId: string; write: boolean },
  signal: AbortSignal,
): Promise<Admitted> {
  if (wanted.write) throw new KeeperRefuses("not-allowed", "This is a parcel: it can only be read.");
  await demandNoneHeld(parts, wanted.clientId);
  const release = await parts.leases.read(wanted.repositoryId, READ_PATIENCE_MS, signal);
  return { release, transactionBefore: null, known: [], mayPutBytes: null };
}

/** Who only reads puts nothing. */
const NO_TURN = { release: () => undefined, leftBytes: async () => null };

/** One held repository shuts the client out of all of its own: whoever changed that one has its key. */
async function demandNoneHeld({ paths, repositories }: AdmissionParts, clientId: string) {
  for (const { repositoryId } of repositories.ofClient(clientId)) await demandNotHeld(paths, repositoryId);
}

async function leaseForWriting(
  { paths, leases, audits, layers }: AdmissionParts,
  repositoryId: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<Release> {
  const startedAt = performance.now();
  const left = (patienceMs: number) => Math.max(0, patienceMs - (performance.now() - startedAt));
  for (;;) {
    const isOurs = leases.isHeld(repositoryId, "audit") || leases.isHeld(repositoryId, "maintain");
    const patienceMs = isOurs ? Math.max(waitMs, AUDIT_PATIENCE_MS) : waitMs;
    const release = await leases.write(repositoryId, left(patienceMs), signal);
    let ended: Promise<void>;
    try {
      await demandNotHeld(paths, repositoryId);
      if (!layers.audit || isAudited(await readVaultRecord(paths, repositoryId))) return release;
      const auditPatienceMs = left(Math.max(waitMs, AUDIT_PATIENCE_MS));
      if (auditPatienceMs === 0)
        throw new KeeperRefuses(
          "repository-locked",
          "What the session before this one wrote has not been checked yet. Try again in a few minutes.",
        );
      audits.isDue(repositoryId);
      // Listening begins before the lease is given back: the audit that waits for it is not missed.
      ended = audits.untilEnded(repositoryId, auditPatienceMs, signal);
    } catch (error) {
      release();
      throw error;
    }
    release();
    audits.leaseIsFree();
    await ended;
    if (signal.aborted) throw new KeeperRefuses("cancelled", "The session ended while it waited.");
  }
}

const isAudited = (record: Awaited<ReturnType<typeof readVaultRecord>>) =>
  record.auditedTransaction !== null && record.sessions.every((session) => session.audited);

/**
 * Notes what a writing session that is over has committed: from here on the repository waits for an audit. May run twice: a crash
 * between this and the session's end in the ledger repeats it. Returns the last transaction. Needs the session's lease.
 */
export async function closeBoundary(
  { paths, repositories, audits }: Pick<AdmissionParts, "paths" | "repositories" | "audits">,
  session: { sequence: number; clientId: string; repositoryId: string; transactionBefore: number },
): Promise<number> {
  const { sequence, repositoryId, transactionBefore: before } = session;
  const { path } = repositories.get(session.clientId, repositoryId);
  const after = await lastCommit(path).catch((error) => {
    // Whatever the client has done to the folder: the audit judges it, and it must come to that.
    console.error(`the last transaction of repository ${repositoryId} cannot be read:`, error);
    return before;
  });
  const record = await changeVaultRecord(paths, repositoryId, (found) =>
    found.sessions.some((one) => one.sequence === sequence)
      ? found
      : { ...found, sessions: [...found.sessions, { sequence, before, after, audited: false }] },
  );
  audits.isDue(repositoryId);
  return record.sessions.find((one) => one.sequence === sequence)?.after ?? after;
}
