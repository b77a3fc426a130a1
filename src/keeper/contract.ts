import { z } from "zod";

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
});
export type GateSession = z.infer<typeof gateSession>;

const protection = z.object({
  name: z.enum(["separate-accounts", "root-owned-keys", "trusted-code", "quota", "borg-patched"]),
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
    }),
  },
  /** Makes account, home and gate socket, writes the authorized key. May run twice; a new key replaces the old one at once. */
  "provision-client": {
    input: z.object({ clientId: id, sshPublicKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]{68}$/) }),
    output: z.object({ sshUser: z.string() }),
  },
  /** Takes the key and the account away and ends the client's sessions. Repositories stay. May run twice. */
  "remove-client": { input: z.object({ clientId: id }), output: z.object({}) },
  /** `borg init -e repokey-blake2`. Twice with the same passphrase: answers as the first time. */
  "create-repository": {
    input: z.object({ ...repository, passphrase, quotaBytes: bytes.nullable() }),
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
  /** Deletes archives by name, one by one. Takes the repository's lease; refuses while a session is open. Frees no space. */
  "delete-archives": {
    input: z.object({ ...repository, passphrase, archiveNames: z.array(archiveName).min(1).max(1000) }),
    output: z.object({ deleted: z.array(z.string()), missing: z.array(z.string()) }),
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
