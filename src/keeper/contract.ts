import { z } from "zod";
import { evidence } from "~/domain/tamper";

/**
 * What the worker may ask of the keeper, and what comes back. Ids only: the keeper derives every file-system path. Paths inside an
 * archive are data and travel as base64. One request per connection on `run/keeper.sock` (0660, group of the worker): a JSON line in,
 * a JSON line out. Closing the connection ends what was asked for.
 */
const id = z.string().regex(/^[a-z0-9]{1,20}$/);
const passphrase = z.string().min(1).max(1024);
const bytes = z.number().int().nonnegative();
const repository = { clientId: id, repositoryId: id };
/** borg archive names: printable, no slash, no `::`. Checked again before they reach borg, always behind `--`. */
const archiveName = z.string().min(1).max(255);

const archive = z.object({
  borgId: z.string(),
  name: z.string(),
  /** The client's claim; ISO 8601 UTC. */
  startedAt: z.string(),
  hostname: z.string().nullable(),
  username: z.string().nullable(),
});

const entry = z.object({
  /** Last part of the path, bytes as base64. When borg could not print it (`lossless` false) it holds what borg printed. */
  name: z.base64(),
  lossless: z.boolean(),
  type: z.enum(["file", "directory", "symlink", "hardlink", "fifo", "device", "other"]),
  mode: z.string(),
  user: z.string(),
  group: z.string(),
  bytes,
  modifiedAt: z.string().nullable(),
  linkTarget: z.string().nullable(),
});
export type FolderEntry = z.infer<typeof entry>;

const gateSession = z.object({
  sequence: z.number().int().positive(),
  clientId: id,
  peerAddress: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  bytesIn: bytes.nullable(),
  bytesOut: bytes.nullable(),
  exitCode: z.number().int().nullable(),
  refused: z.string().nullable(),
  /** The repository it opened; null: none. */
  repositoryId: id.nullable(),
  writing: z.boolean(),
  /** Last committed segment when a writing session was let in and when it had ended; null: not a writing one, or not ended. */
  transactionBefore: z.number().int().nullable(),
  transactionAfter: z.number().int().nullable(),
  callsRefused: z.number().int().nonnegative(),
  /** The first of them, for the person. */
  refusedCalls: z.array(z.object({ call: z.string(), say: z.string() })),
});
export type GateSession = z.infer<typeof gateSession>;

/** An archive of the keeper's own ledger. It is entered when an audit first finds it in a clean state. */
export const ledgerArchive = z.object({
  borgId: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  /** Our time. */
  observedAt: z.string(),
  /** The session that committed it; null: it was there before the vault was. */
  session: z.number().int().nullable(),
  claimedStartAt: z.string(),
  protected: z.boolean(),
  /** In the trash since; it stays restorable until a compaction after the window. */
  trashedAt: z.string().nullable(),
  /** Deleted for good by a compaction, or given up by an accepted incident. */
  removedAt: z.string().nullable(),
  /** Counted up over the whole ledger at every change of an entry. */
  revision: z.number().int().positive(),
});
export type LedgerArchive = z.output<typeof ledgerArchive>;

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
  /** Why a compaction is not allowed now, in words; empty: it is. */
  compactionBlockedBy: z.array(z.string()),
});
export type VaultState = z.output<typeof vaultState>;

const protection = z.object({
  name: z.enum([
    "separate-accounts",
    "root-owned-keys",
    "trusted-code",
    "sealed-segments",
    "quota",
    "borg-patched",
  ]),
  on: z.boolean(),
  /** For the Security page: what it does, or what is missing without it. */
  say: z.string(),
});
export type Protection = z.infer<typeof protection>;

export const keeperVerbs = {
  /** Versions, host keys and which protections this storage node really has. */
  status: {
    input: z.object({}),
    output: z.object({
      root: z.boolean(),
      borgVersion: z.string().nullable(),
      sshHostKeys: z.array(z.string()),
      protections: z.array(protection),
      /** What holds a client's key: the line of authorized_keys and what the gate behind it runs, `<id>` for a client's id. */
      forcedCommand: z.object({ authorizedKeysLine: z.string(), servedCommand: z.string() }).optional(),
      freeBytes: bytes,
      totalBytes: bytes,
      /** Where repositories may lie, by the names of the node's own configuration; `main` is first and has the room above. */
      locations: z
        .array(
          z.object({
            name: z.string(),
            /** Why it cannot be used now; null: it can. */
            problem: z.string().nullable(),
            freeBytes: bytes,
            totalBytes: bytes,
          }),
        )
        .optional(),
    }),
  },
  /** Makes account, home and gate socket, writes the authorized key. May run twice; a new key replaces the old one at once. */
  "provision-client": {
    input: z.object({ clientId: id, sshPublicKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]{68}$/) }),
    output: z.object({ sshUser: z.string() }),
  },
  /** Takes the key and the account away and ends the client's sessions. Repositories stay. May run twice. */
  "remove-client": { input: z.object({ clientId: id }), output: z.object({}) },
  /** `borg init`. Twice with the same passphrase: answers as the first time. */
  "create-repository": {
    input: z.object({
      ...repository,
      passphrase,
      quotaBytes: bytes.nullable(),
      /** Where the key, if there is one, lies in the repository. */
      encryption: z
        .enum(["repokey-blake2", "repokey", "authenticated-blake2", "authenticated", "none"])
        .default("repokey-blake2"),
      /** One of the node's own; counts only the first time. */
      location: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
        .default("main"),
    }),
    output: z.object({ borgId: z.string().regex(/^[0-9a-f]{64}$/) }),
  },
  /** Reads the committed archive list. An unreadable list is an error, never an empty one. */
  "list-archives": {
    input: z.object({ ...repository, passphrase }),
    output: z.object({ archives: z.array(archive) }),
  },
  /** Numbers of one archive, from `borg info`. */
  "describe-archive": {
    input: z.object({ ...repository, passphrase, archiveName }),
    output: z.object({
      borgId: z.string(),
      startedAt: z.string(),
      endedAt: z.string(),
      durationSeconds: z.number(),
      originalBytes: bytes,
      compressedBytes: bytes,
      deduplicatedBytes: bytes,
      files: bytes,
      hostname: z.string(),
      username: z.string(),
    }),
  },
  /** The direct children of one folder of an archive. `path` empty: the top. At most `limit`, `truncated` says if there were more. */
  "list-folder": {
    input: z.object({
      ...repository,
      passphrase,
      archiveName,
      path: z.base64().max(8192),
      limit: z.number().int().min(1).max(20_000),
    }),
    output: z.object({ entries: z.array(entry), truncated: z.boolean() }),
  },
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
  /** Archives of the ledger whose revision is higher, in order of revision; removed ones too. */
  "list-ledger": {
    input: z.object({
      ...repository,
      afterRevision: z.number().int().min(0),
      limit: z.number().int().min(1).max(1000),
    }),
    output: z.object({ archives: z.array(ledgerArchive) }),
  },
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
  /** Puts archives into the trash, by borg's id. Refuses what the floor or a protection keeps. Nothing is written to the repository. */
  "trash-archives": {
    input: z.object({ ...repository, borgIds: z.array(z.string()).min(1).max(1000) }),
    output: z.object({
      trashed: z.array(z.string()),
      kept: z.array(z.object({ borgId: z.string(), why: z.string() })),
    }),
  },
  "bring-back-archives": {
    input: z.object({ ...repository, borgIds: z.array(z.string()).min(1).max(1000) }),
    output: z.object({ broughtBack: z.array(z.string()), gone: z.array(z.string()) }),
  },
  "protect-archives": {
    input: z.object({
      ...repository,
      borgIds: z.array(z.string()).min(1).max(1000),
      protected: z.boolean(),
    }),
    output: z.object({ changed: z.array(z.string()) }),
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
  /**
   * Deletes for good what has been in the trash longer than the window, and checkpoints of interrupted backups, one by one by name;
   * compacts; seals anew and keeps the seal of before. Refuses (`not-allowed`) unless everything is audited and clean.
   */
  "compact-repository": {
    input: z.object({ ...repository, passphrase }),
    output: z.object({ deleted: z.array(z.string()), checkpoints: z.number().int(), freedBytes: bytes }),
  },
  /**
   * Reads sealed data again. `quick`: what no check has read yet. `rolling`: what waits longest, so that every byte is re-read within
   * `everyDays`. `full`: borg's own check of the sealed state. Backups go on meanwhile. Cut off, it goes on where it was.
   */
  "check-repository": {
    input: z.object({
      ...repository,
      passphrase,
      kind: z.enum(["quick", "full", "rolling"]),
      budgetSeconds: z.number().int().min(1).max(86_400),
      everyDays: z.number().int().min(1).max(3650),
    }),
    output: z.object({
      /** Nothing found by this check, and nothing left of what earlier ones found. */
      ok: z.boolean(),
      /** At most 50; `segment` null: about the archives. */
      findings: z.array(z.object({ segment: z.number().int().nullable(), say: z.string() })),
      findingCount: z.number().int(),
      segmentsRead: z.number().int(),
      bytesRead: bytes,
      /** False: the time was over first. */
      complete: z.boolean(),
      seconds: z.number(),
      totalBytes: bytes,
      coveredBytes: bytes,
      oldestReadAt: z.string().nullable(),
    }),
  },
  /** Removes borg's locks if nobody can be in: no session, no living process of either account. Else refuses with what was found. */
  "break-lock": {
    input: z.object(repository),
    output: z.object({
      removed: z.array(z.object({ name: z.string(), since: z.string() })),
      openSessions: z.number().int(),
      /** Null: without root the accounts are one and cannot be asked. */
      livingProcesses: z.number().int().nullable(),
    }),
  },
  /** From here on no backups into it, and after the days it may be deleted. Fewer than 7 only where there was never an archive. */
  "mark-for-deletion": {
    input: z.object({ ...repository, graceDays: z.number().int().min(0).max(365) }),
    output: z.object({ deleteAfter: z.string() }),
  },
  /** Takes the mark away. Refuses `not-allowed` once deleting has begun. */
  "undo-deletion": { input: z.object(repository), output: z.object({}) },
  /** Deletes a marked repository and its vault for good. Refuses `not-allowed` before its time by the keeper's own clocks. */
  "delete-repository": { input: z.object(repository), output: z.object({ freedBytes: bytes }) },
  /** The quota from now on, for the gate and for borg; null: none. */
  "set-quota": {
    input: z.object({ ...repository, quotaBytes: bytes.nullable() }),
    output: z.object({}),
  },
  /** Frees the space that seals from before compactions hold. */
  "release-old-seals": { input: z.object(repository), output: z.object({ freedBytes: bytes }) },
  /** borg's key of the repository, to be escrowed (`borg key export`) or printed (`--paper`). From the seal, never from the live config. */
  "export-key": {
    input: z.object({ ...repository, passphrase, paper: z.boolean() }),
    output: z.object({ text: z.string(), configSha256: z.string() }),
  },
  "repository-size": { input: z.object({ ...repository }), output: z.object({ bytes, files: bytes }) },
  /** The session ledger from a sequence number on, oldest first. Sessions that ended since are reported again. */
  "list-sessions": {
    input: z.object({
      fromSequence: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(1000),
    }),
    output: z.object({ sessions: z.array(gateSession) }),
  },
  /** Ends every open session of a client. */
  "end-sessions": { input: z.object({ clientId: id }), output: z.object({ ended: z.number().int() }) },
} as const;

export type KeeperVerb = keyof typeof keeperVerbs;
export type KeeperInput<V extends KeeperVerb> = z.input<(typeof keeperVerbs)[V]["input"]>;
export type KeeperOutput<V extends KeeperVerb> = z.output<(typeof keeperVerbs)[V]["output"]>;

/** Why the keeper did not do it. `fault` is a broken machine or our bug; the rest is for the person. */
export const KEEPER_REFUSALS = [
  "bad-request",
  "client-missing",
  "repository-missing",
  "repository-exists",
  "repository-locked",
  "session-open",
  "passphrase-wrong",
  "archive-missing",
  "disk-full",
  "borg-missing",
  "repository-held",
  "not-allowed",
  "timed-out",
  "cancelled",
  "fault",
] as const;
export type KeeperRefusal = (typeof KEEPER_REFUSALS)[number];

export const keeperRequest = z.object({
  verb: z.enum(Object.keys(keeperVerbs) as [KeeperVerb, ...KeeperVerb[]]),
  input: z.unknown(),
});
export const keeperAnswer = z.union([
  z.object({ ok: z.literal(true), output: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.enum(KEEPER_REFUSALS), say: z.string() }),
]);
