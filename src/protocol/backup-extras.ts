import { z } from "zod";

/**
 * What a backup order may ask beyond directories. Closed lists, numbers and names only: no free text reaches a command line, and what a
 * name stands for (a script, a database's password, a container engine) is decided by the machine's own policy file.
 */

/** A local thing by the name that the machine's policy gives it. */
export const localName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/);

export const FILES_CACHES = [
  "ctime,size,inode",
  "mtime,size,inode",
  "ctime,size",
  "mtime,size",
  "disabled",
] as const;

/** In `machine.abilities` of an agent that knows all fields here. An older one would leave them out without a word. */
export const BACKUP_EXTRAS_ABILITY = "backup-extras";

/** Options of `borg create` from the allow list. */
export const borgOptions = z.object({
  /** --upload-ratelimit as it holds at the hand-out, KiB/s; null: none. It is not changed while borg runs. */
  uploadKibPerSecond: z.number().int().min(16).max(10_000_000).nullable(),
  checkpointSeconds: z.number().int().min(60).max(86_400).nullable(),
  filesCache: z.enum(FILES_CACHES),
  numericIds: z.boolean(),
  noAcls: z.boolean(),
  noXattrs: z.boolean(),
  noFlags: z.boolean(),
  sparse: z.boolean(),
  keepExcludeTags: z.boolean(),
  excludeIfPresent: z.array(z.string().regex(/^[^/\0\r\n]{1,255}$/)).max(20),
});
export type BorgOptions = z.infer<typeof borgOptions>;

/** A script that the policy lists under this name. */
export const hookOrder = z.object({
  name: localName,
  timeoutSeconds: z.number().int().min(1).max(86_400),
  /** What its failure does to the backup. */
  onFailure: z.enum(["abort", "warn"]),
});
export type HookOrder = z.infer<typeof hookOrder>;

/** A database server, or files of SQLite, that is dumped into the archive. */
export const databaseOrder = z.object({
  engine: z.enum(["postgresql", "mysql", "mongodb", "sqlite"]),
  /** Its folder within `databases.tar`. */
  name: localName,
  /** Which; empty: all of the server. SQLite: absolute paths. */
  databases: z.array(z.string().min(1).max(4096)).max(200),
  credentials: z.discriminatedUnion("kind", [
    /** The agent's own account, at `host`, `port`, `user` of the order. */
    z.object({ kind: z.literal("none") }),
    /** The policy's entry of this name, with its host, port and user: those of the order are not looked at. */
    z.object({ kind: z.literal("local"), name: localName }),
    /** `sealedCredentials` as JSON in a sealed box: host, port and user are those in the box, so that a server cannot send a password elsewhere. */
    z.object({ kind: z.literal("sealed"), box: z.base64().max(8192) }),
  ]),
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:_/-]*$/),
  port: z.number().int().min(1).max(65_535).nullable(),
  user: z.string().max(63),
});
export type DatabaseOrder = z.infer<typeof databaseOrder>;

/** What a browser seals for a database: `sealFor(key, JSON.stringify(...))`. */
export const sealedCredentials = z.object({
  /** A name, an address, or the absolute path of a socket (PostgreSQL: of its folder); empty: this machine. */
  host: databaseOrder.shape.host,
  port: databaseOrder.shape.port,
  user: databaseOrder.shape.user,
  password: z.string().max(1024),
});
export type SealedCredentials = z.infer<typeof sealedCredentials>;

/** Fields of a backup order that an older server does not send. */
export const backupExtras = {
  borgOptions: borgOptions.optional(),
  databases: z.array(databaseOrder).max(20).optional(),
  hooks: z
    .object({
      before: z.array(hookOrder).max(10),
      /** Run whatever became of the backup. */
      after: z.array(hookOrder).max(10),
    })
    .optional(),
  /** Containers with this label are stopped before and started after. */
  stopContainersLabelled: z
    .string()
    .regex(/^[A-Za-z0-9._/=-]{1,200}$/)
    .nullable()
    .optional(),
  snapshot: z.enum(["none", "if-possible", "required"]).optional(),
};

/** In `machine.abilities` of an agent that brings dumps back into databases. */
export const DATABASE_RESTORE_ABILITY = "database-restore";

/** In `machine.abilities` of an agent that makes a copy (`replace`: false) and dumps and restores MongoDB. */
export const DATABASE_COPY_ABILITY = "database-copy";

/** In a restore order: one dump of the archive goes back into a database of the policy, in place of files. */
export const databaseTarget = z.object({
  /** The policy's entry; it must say `restore`. */
  entry: localName,
  /** Where the dump lies in `databases.tar`, as the backup's result told. */
  dump: z
    .string()
    .regex(/^databases\/[A-Za-z0-9._-]{1,60}\/[\x21-\x2e\x30-\x7e]{1,120}\.(dump|sql|archive)$/),
  /** The database that it becomes: a new one, or one that is there and is replaced once it was dumped into the restore folder. */
  into: z.string().min(1).max(63),
  /** False: only a new one. Absent: either. */
  replace: z.boolean().optional(),
  /** How long the dump is, as its backup told: for the progress alone. */
  bytes: z.number().int().nonnegative().optional(),
});
export type DatabaseTarget = z.infer<typeof databaseTarget>;

/** What a policy says of these, as the server is shown it: names, never commands, paths of passwords or passwords. Absent: nothing of it. */
export const policyExtras = {
  /** Scripts that an order may name. */
  hooks: z.array(localName).max(100).optional(),
  /** Databases whose credentials lie on the machine. */
  databases: z
    .array(z.object({ name: localName, engine: databaseOrder.shape.engine, restore: z.boolean() }))
    .max(100)
    .optional(),
  /** Hosts for databases whose details come from the console (`none`, `sealed`); `localhost` is this machine, sockets included. */
  typedDatabaseHosts: z.array(z.string().max(253)).max(100).optional(),
  /** Labels whose containers may be stopped for a backup. */
  containerLabels: z.array(z.string().max(200)).max(100).optional(),
  /** Whether file-system snapshots may be made. */
  snapshots: z.boolean().optional(),
};

/** How one database of an order fared. */
export const databaseOutcome = z.object({
  /** The order's name for the source. */
  source: z.string().max(60),
  /** The database, `globals` (roles and the like), or SQLite's path. */
  database: z.string().max(4096),
  /** Where its dump lies in the archive's `databases.tar`; null: there is none. */
  path: z.string().max(4096).nullable(),
  bytes: z.number().int().nonnegative(),
  /** Null: whole, its program ended well. Otherwise why not; what may be in the archive of it is no backup. */
  problem: z.string().max(2000).nullable(),
});
export type DatabaseOutcome = z.infer<typeof databaseOutcome>;
