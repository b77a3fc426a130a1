import { z } from "zod";
import { bytes, passphrase, repository } from "./fields";

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

/** What is in a repository, and what the keeper's ledger says of it. */
export const archivesVerbs = {
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
  /** Every item of an archive, streamed: lines of borg/listing's LISTING_FORMAT, in borg's order. Cut off at any point: nothing to tidy. */
  "read-archive": {
    input: z.object({ ...repository, passphrase, archiveName }),
    output: z.object({ listedBytes: bytes }),
  },
  /**
   * The same without borg, in a tenth of its time: items as borg/native/item-fields.ts writes them, by borg's id of the archive. `why` not
   * null: something in it only borg reads, and what was streamed counts for nothing.
   */
  "read-archive-natively": {
    input: z.object({ ...repository, passphrase, borgId: z.string().regex(/^[0-9a-f]{64}$/) }),
    output: z.object({ why: z.string().nullable() }),
  },
  /**
   * Files out of an archive, streamed as a tar (GNU, as borg writes it): those of `paths` with all below them, in the archive's order; none:
   * all of it. A hard link whose first name is not among them comes as a file. `unmatched`: paths that the archive does not hold.
   */
  "stream-tar": {
    input: z.object({
      ...repository,
      passphrase,
      archiveName,
      paths: z.array(z.base64().min(1).max(8192)).max(1000),
    }),
    output: z.object({ tarBytes: bytes, unmatched: bytes, warnings: z.array(z.string()) }),
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
  /** Archives of the ledger whose revision is higher, in order of revision; removed ones too. */
  "list-ledger": {
    input: z.object({
      ...repository,
      afterRevision: z.number().int().min(0),
      limit: z.number().int().min(1).max(1000),
    }),
    output: z.object({ archives: z.array(ledgerArchive) }),
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
} as const;
