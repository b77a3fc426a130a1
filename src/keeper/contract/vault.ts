import { z } from "zod";
import { evidence } from "~/domain/tamper";
import { bytes, passphrase, repository } from "./fields";

/** A state that can be rolled back to. */
const seal = z.object({
  transaction: z.number().int(),
  sealedAt: z.string(),
  archives: z.number().int(),
  segments: z.number().int(),
  /** Bytes kept only for this seal: what a compaction has freed since. */
  extraBytes: bytes,
  /** When it is released; null: it is the current one. */
  releasedAfter: z.string().nullable(),
});

/** How the sealed segments are kept out of the client's reach. */
export const SEAL_KINDS = ["hard-links", "reflinks", "small-files-only", "none"] as const;

export const hold = z.object({
  since: z.string(),
  evidence: z.array(evidence),
  /** The writing sessions since the last clean audit, oldest first, at most 100. */
  sessions: z.array(z.number().int()),
  lastCleanAt: z.string().nullable(),
  lastCleanTransaction: z.number().int().nullable(),
  lastCleanArchives: z.number().int(),
});
export type Hold = z.output<typeof hold>;

const vaultState = z.object({
  auditedAt: z.string().nullable(),
  /** The last transaction an audit found clean. */
  auditedTransaction: z.number().int().nullable(),
  /** Writing sessions ended since the last audit. */
  unaudited: z.number().int(),
  sealKind: z.enum(SEAL_KINDS),
  seals: z.array(seal),
  hold: hold.nullable(),
  trashed: z.number().int(),
  /** Days an archive stays in the trash, and which archives are never deleted. */
  rules: z.object({
    trashDays: z.number().int(),
    keepOldSealDays: z.number().int(),
    floorNewest: z.number().int(),
    floorWeeklyDays: z.number().int(),
  }),
  /** Rules that are looser come into force after the trash window. */
  rulesPending: z.object({ from: z.string() }).nullable(),
  ledgerRevision: z.number().int(),
  /** Name of the storage location where it lies. */
  location: z.string().optional(),
  /** Why a compaction is not allowed now, in words; empty: it is. */
  compactionBlockedBy: z.array(z.string()),
});
export type VaultState = z.output<typeof vaultState>;

/** Audits, seals, holds, and the ways out of a hold. */
export const vaultVerbs = {
  /** Repositories that must be audited, waiting at most so long for the first one. */
  "next-audits": {
    input: z.object({ waitSeconds: z.number().int().min(0).max(25) }),
    output: z.object({ repositories: z.array(z.object(repository)) }),
  },
  /**
   * Reads what is new, compares everything older, lists the archives with the key; then seals, or holds the repository. `session-open`
   * while a client writes. May run twice; without news it only looks.
   */
  "audit-repository": {
    input: z.object({ ...repository, passphrase }),
    output: z.object({
      clean: z.boolean(),
      evidence: z.array(evidence),
      /** False while processes of the client's account live: the seal follows at the next audit. */
      sealed: z.boolean(),
      transaction: z.number().int(),
      newSegments: bytes,
      newBytes: bytes,
      newArchives: z.number().int(),
      /** Seconds of the part without and with the passphrase. */
      scanSeconds: z.number(),
      listSeconds: z.number(),
    }),
  },
  "vault-state": { input: z.object(repository), output: vaultState },
  /** For the review of a held repository: what each transaction since the last clean state did, and the archives then and now. */
  "review-hold": {
    input: z.object({ ...repository, passphrase }),
    output: z.object({
      transactions: z.array(
        z.object({
          transaction: z.number().int(),
          session: z.number().int().nullable(),
          committedAt: z.string(),
          objectsAdded: z.number().int(),
          /** Objects that were stored before. */
          objectsRemoved: z.number().int(),
          bytesAdded: bytes,
        }),
      ),
      archivesThen: z.array(z.object({ borgId: z.string(), name: z.string(), observedAt: z.string() })),
      /** Null: the list cannot be read. */
      archivesNow: z.array(z.object({ borgId: z.string(), name: z.string() })).nullable(),
      truncated: z.boolean(),
    }),
  },
  /** Puts a repository back to a seal, by default the newest; keeps what it takes away for inspection. Ends the hold. May run twice. */
  "roll-back": {
    input: z.object({ ...repository, passphrase, transaction: z.number().int().nullable() }),
    output: z.object({
      transaction: z.number().int(),
      segmentsTakenAway: z.number().int(),
      segmentsPutBack: z.number().int(),
      archives: z.number().int(),
      markerArchive: z.string(),
      seconds: z.number(),
    }),
  },
  /** Takes the repository as it is for clean, seals it and ends the hold. Archives that are gone are given up. */
  "accept-state": {
    input: z.object({ ...repository, passphrase }),
    output: z.object({ transaction: z.number().int(), archivesGivenUp: z.number().int() }),
  },
  /** Trash window and floor. Stricter rules hold at once, looser ones after the window that held before. */
  "set-vault-rules": {
    input: z.object({
      ...repository,
      trashDays: z.number().int().min(0).max(365),
      keepOldSealDays: z.number().int().min(0).max(365),
      floorNewest: z.number().int().min(1).max(10_000),
      floorWeeklyDays: z.number().int().min(0).max(3660),
    }),
    output: z.object({ inForceFrom: z.string() }),
  },
} as const;
