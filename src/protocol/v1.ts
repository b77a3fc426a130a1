import { z } from "zod";
import { UPDATE_PROBLEMS, updateAgentOrder, updateAgentResult } from "./agent-update";
import { backupExtras, databaseOutcome, databaseTarget, policyExtras } from "./backup-extras";
import {
  browseOrder,
  browseResult,
  dryRunOrder,
  dryRunResult,
  findGapsOrder,
  findGapsResult,
  LOOK_PROBLEMS,
} from "./looks";
import { restoreExtras, restoreFindings } from "./restore-extras";
import { sampleOrder, sampleResult } from "./sample";

/**
 * The agent protocol, version 1: what goes over the wire between an agent and `/api/agent/v1`. Stands alone: both ends import it
 * and nothing else crosses. Every message has a golden fixture in ./fixtures. Paths are bytes: base64 on the wire. Instants are
 * ISO 8601 in UTC. Byte counts are whole numbers.
 *
 * Transport: HTTPS, JSON, `Authorization: Bearer <agent key>`, header `bbs-protocol: 1`. A refusal is a 4xx status with `RefusalBody`.
 */
export const PROTOCOL_VERSION = 1;
/** Oldest version this server still serves. An agent outside [oldest, current] is refused with `protocol-unsupported`. */
export const OLDEST_PROTOCOL_VERSION = 1;
/** Longest time a poll is held. Under the 60 s after which most proxies drop a silent request. */
export const LONGEST_POLL_SECONDS = 50;
/** Most log lines in one report; the rest follows in the next. */
export const MOST_LOG_LINES = 500;
/** Longest log line; longer ones are cut by the agent. */
export const LONGEST_LOG_LINE = 4000;

const id = z.string().regex(/^[a-z0-9]{1,20}$/);
const instant = z.iso.datetime();
const bytes = z.number().int().nonnegative();
/** A file path as bytes, base64. */
const pathBytes = z.base64().max(8192);

export const machine = z.object({
  hostname: z.string().min(1).max(255),
  /** e.g. `Debian GNU/Linux 12 (bookworm)`. */
  os: z.string().min(1).max(200),
  /** node's `process.platform`. */
  platform: z.string().max(40),
  /** node's `process.arch`. */
  arch: z.string().max(40),
  agentVersion: z.string().max(40),
  /** Version text such as `1.2.4`; null: no borg found. */
  borgVersion: z.string().max(40).nullable(),
  /** Milliseconds by which the machine's clock was ahead of ours at the last answer; null before the first. */
  clockAheadMs: z.number().int().nullable(),
  /** Whether it runs on mains power; null: it cannot tell (a server has no battery). Absent: an older agent. */
  onMains: z.boolean().nullable().optional(),
  /** Whether its network is metered, as its own network manager says; null: nobody knows. */
  metered: z.boolean().nullable().optional(),
  /** What this agent can do beyond the first release; an order that needs more is not given to it. */
  abilities: z.array(z.string().max(40)).max(50).optional(),
  /** X25519 public key, 32 bytes in base64: what a person types for this machine is sealed to it. */
  sealingKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/)
    .optional(),
});
export type Machine = z.infer<typeof machine>;

/** What the machine's own policy file allows. The agent enforces it; the server only shows it. */
export const agentPolicy = z.object({
  /** Directories that may be read for backups. */
  readPaths: z.array(z.string().max(4096)).max(200),
  /** Where restores are written unless told otherwise. */
  restoreFolder: z.string().max(4096),
  /** Further directories below which restores may write. */
  restorePaths: z.array(z.string().max(4096)).max(200),
  /** Whether archives this agent made itself may be restored to their original places. */
  restoreToOriginal: z.boolean(),
  /** Whether root restores also where the system lets no restore be locked into its folder. Absent: it refuses, or the agent is older. */
  restoreUnconfined: z.boolean().optional(),
  /** Whether a person with the permission may look at the live disk below `readPaths` through the agent. Absent: no, or the agent is older. */
  browse: z.boolean().optional(),
  ...policyExtras,
});
export type AgentPolicy = z.infer<typeof agentPolicy>;

export const enrolRequest = z.object({
  protocol: z.number().int(),
  token: z.string().min(1).max(200),
  /** OpenSSH one-line public key, ed25519 only. */
  sshPublicKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]{68}( \S+)?$/),
  machine,
  policy: agentPolicy,
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

export const sshTarget = z.object({
  host: z.string(),
  port: z.number().int().min(1).max(65535),
  user: z.string(),
  /** OpenSSH public keys of the server's sshd, without comment: pinned by the agent. */
  hostKeys: z.array(z.string()).min(1),
});
export type SshTarget = z.infer<typeof sshTarget>;

export const enrolResponse = z.object({
  protocol: z.number().int(),
  clientId: id,
  clientName: z.string(),
  /** Shown once; the server keeps only its SHA-256. */
  apiKey: z.string().min(20),
  ssh: sshTarget,
});
export type EnrolResponse = z.infer<typeof enrolResponse>;

/** `look`: quick looks at the live disk beside backups and restores; an agent works on several at once. */
export const LANES = ["backup", "restore", "look"] as const;

export const pollRequest = z.object({
  protocol: z.number().int(),
  machine,
  policy: agentPolicy,
  /** Lanes in which the agent can take a job now. */
  freeLanes: z.array(z.enum(LANES)),
  /** Every job the agent holds, running or finished and not yet acknowledged. A job we gave out that is missing here is lost. */
  holding: z.array(z.object({ jobId: id, lease: z.number().int() })).max(50),
  /** How long the server may hold this poll; 0 answers at once. */
  waitSeconds: z.number().int().min(0).max(LONGEST_POLL_SECONDS),
});
export type PollRequest = z.infer<typeof pollRequest>;

/** Where the repository is and how to open it. The passphrase lives in the agent's memory only. */
export const repositoryAccess = z.object({
  repositoryId: id,
  ssh: sshTarget,
  /** Path as borg's ssh URL wants it, e.g. `/~/repos/<id>`. */
  path: z.string(),
  passphrase: z.string(),
  /** It was made to be readable for whoever has its files; borg asks before it opens such a one for the first time. */
  unencrypted: z.literal(true).optional(),
  /** The text of borg's key file, for one that was made with a key file before it came here; it still needs the passphrase. */
  key: z.string().max(16_384).optional(),
});
export type RepositoryAccess = z.infer<typeof repositoryAccess>;

export const compression = z
  .string()
  .regex(
    /^(none|lz4|zstd,([1-9]|1\d|2[0-2])|zlib,[0-9]|lzma,[0-9]|auto,(lz4|zstd,([1-9]|1\d|2[0-2])|zlib,[0-9]|lzma,[0-9]))$/,
  );

export const backupOrder = z.object({
  kind: z.literal("backup"),
  jobId: id,
  lease: z.number().int().positive(),
  planId: id,
  repository: repositoryAccess,
  archiveName: z.string().regex(/^[A-Za-z0-9._-]{1,120}$/),
  /** Absolute paths; none only with databases. */
  sources: z.array(z.string().startsWith("/").max(4096)).max(200),
  /** borg patterns. */
  excludes: z.array(z.string().min(1).max(4096)).max(500),
  compression,
  oneFileSystem: z.boolean(),
  excludeCaches: z.boolean(),
  ...backupExtras,
  /** Live files to be hashed beside the backup. */
  sample: sampleOrder.optional(),
});
export type BackupOrder = z.infer<typeof backupOrder>;

export const restoreTarget = z.discriminatedUnion("kind", [
  /** Below the restore folder of the machine's policy, in a new folder named after the job. */
  z.object({ kind: z.literal("restore-folder") }),
  /** Below a directory that the machine's policy lists. */
  z.object({ kind: z.literal("folder"), path: z.string().startsWith("/").max(4096) }),
  /** Where the files came from; only if the policy says so and the agent made the archive itself. */
  z.object({ kind: z.literal("original") }),
]);
export type RestoreTarget = z.infer<typeof restoreTarget>;

export const restoreOrder = z.object({
  kind: z.literal("restore"),
  jobId: id,
  lease: z.number().int().positive(),
  repository: repositoryAccess,
  archive: z.object({ borgId: z.string().regex(/^[0-9a-f]{64}$/), name: z.string() }),
  /** What to restore, as stored in the archive (no leading slash). Empty: everything. */
  paths: z.array(pathBytes).max(10_000),
  target: restoreTarget,
  /** In place of paths; `target` is then the restore folder, for the dump of what is replaced. */
  database: databaseTarget.optional(),
  ...restoreExtras,
});
export type RestoreOrder = z.infer<typeof restoreOrder>;

export const jobOrder = z.discriminatedUnion("kind", [
  backupOrder,
  restoreOrder,
  browseOrder,
  dryRunOrder,
  findGapsOrder,
  updateAgentOrder,
]);
export type JobOrder = z.infer<typeof jobOrder>;

export const pollResponse = z.object({
  serverTime: instant,
  jobs: z.array(jobOrder),
  /** Jobs that a person wants stopped. Repeated until the agent reports an end. */
  cancel: z.array(id),
  /** Why an empty answer came early: `shutdown` asks for a short pause before the next poll. */
  reason: z.enum(["work", "time", "shutdown"]),
});
export type PollResponse = z.infer<typeof pollResponse>;

export const progress = z.object({
  /** What is being done now, in the machine's words: `creating`, `committing`, `extracting`, ... */
  phase: z.string().max(60),
  files: bytes,
  originalBytes: bytes,
  compressedBytes: bytes,
  deduplicatedBytes: bytes,
  /** Bytes and files that are expected in all, if known (restores). */
  totalBytes: bytes.nullable(),
  totalFiles: bytes.nullable(),
  /** Shown escaped; may be lossy. */
  currentPath: z.string().max(4096).nullable(),
  at: instant,
});
export type Progress = z.infer<typeof progress>;

export const logLine = z.object({
  /** Counts from 1 within one lease; a line sent twice is stored once. */
  sequence: z.number().int().positive(),
  at: instant,
  level: z.enum(["debug", "info", "warning", "error"]),
  message: z.string().max(LONGEST_LOG_LINE),
});
export type LogLine = z.infer<typeof logLine>;

/** borg as it was started, word by word. No secret stands in it. Absent: borg was not started, or the agent is older. */
const toldCommand = z.array(z.string().max(4096)).max(2000).optional();

export const backupResult = z.object({
  kind: z.literal("backup"),
  archive: z
    .object({
      borgId: z.string().regex(/^[0-9a-f]{64}$/),
      name: z.string(),
      startedAt: instant,
      endedAt: instant,
      durationSeconds: z.number().nonnegative(),
      originalBytes: bytes,
      compressedBytes: bytes,
      deduplicatedBytes: bytes,
      files: bytes,
    })
    .nullable(),
  warnings: z.number().int().nonnegative(),
  borgExitCode: z.number().int().nullable(),
  borgVersion: z.string().nullable(),
  command: toldCommand,
  /** With databases in the order: each one, whole or not. */
  databases: z.array(databaseOutcome).max(2000).optional(),
  /** With a sample in the order, and an archive: what was hashed. */
  sample: sampleResult.optional(),
});
export const restoreResult = z.object({
  kind: z.literal("restore"),
  /** Where it was written. */
  writtenTo: z.string().nullable(),
  /** With a database in the order: the one it was loaded into, and where the dump of what was there before lies (null: nothing was). */
  database: z.object({ name: z.string().max(63), safetyDump: z.string().max(4096).nullable() }).optional(),
  files: bytes,
  directories: bytes,
  bytes,
  /** What was not restored and why; the first hundred. */
  skipped: z.array(z.object({ path: z.string(), why: z.string() })).max(100),
  skippedCount: z.number().int().nonnegative(),
  borgExitCode: z.number().int().nullable(),
  command: toldCommand,
  ...restoreFindings,
});
export const jobResult = z.discriminatedUnion("kind", [
  backupResult,
  restoreResult,
  browseResult,
  dryRunResult,
  findGapsResult,
  updateAgentResult,
]);
export type AgentJobResult = z.infer<typeof jobResult>;

/** Why a job failed. Closed, so that the console can say what to do next. */
export const AGENT_PROBLEMS = [
  "borg-missing",
  "borg-too-old",
  "source-missing",
  "policy-forbids-source",
  "policy-forbids-target",
  "policy-forbids-hook",
  "policy-forbids-database",
  "policy-forbids-containers",
  "hook-failed",
  "database-failed",
  "containers-failed",
  "snapshot-failed",
  ...LOOK_PROBLEMS,
  ...UPDATE_PROBLEMS,
  "archive-not-made-here",
  "archive-missing",
  "archive-exists",
  "repository-missing",
  "repository-locked",
  "repository-full",
  "disk-full",
  "passphrase-wrong",
  "replay-suspected",
  "connection-refused",
  "connection-lost",
  "host-key-changed",
  "gate-refused",
  "agent-restarted",
  "cancelled",
  "borg-failed",
  "agent-fault",
] as const;

export const jobProblem = z.object({
  code: z.enum(AGENT_PROBLEMS),
  /** For the person: what happened and what to do. */
  say: z.string().max(2000),
});

export const reportRequest = z.object({
  protocol: z.number().int(),
  lease: z.number().int().positive(),
  state: z.enum(["running", "succeeded", "warned", "failed", "cancelled"]),
  /** When borg was started, by the agent's clock; absent before. */
  startedAt: instant.optional(),
  progress: progress.optional(),
  log: z.array(logLine).max(MOST_LOG_LINES),
  /** With an end state: what came of it. */
  result: jobResult.optional(),
  problem: jobProblem.optional(),
});
export type ReportRequest = z.infer<typeof reportRequest>;

export const reportResponse = z.object({
  serverTime: instant,
  /** The end state is stored: the agent may forget the job. Also true for a job that had already ended. */
  acknowledged: z.boolean(),
  /** A person wants this job stopped. */
  cancel: z.boolean(),
});
export type ReportResponse = z.infer<typeof reportResponse>;

export const refusalBody = z.object({
  error: z.object({
    code: z.string(),
    say: z.string(),
    /** With `protocol-unsupported`. */
    supported: z.object({ oldest: z.number(), newest: z.number() }).optional(),
    /** To quote when asking for help. */
    reference: z.string().optional(),
  }),
});
export type RefusalBody = z.infer<typeof refusalBody>;
