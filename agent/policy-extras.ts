import { z } from "zod";
import { localName, type policyExtras } from "~/protocol/backup-extras";

const absolute = z.string().startsWith("/", "must be an absolute path").max(4096);
const account = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/, "must be the name of an account");
const command = z
  .tuple([absolute], z.string().max(4096))
  .refine((words) => words.every((word) => !word.includes("\0")), "must not hold a zero byte");

const server = {
  /** A name, an address or a socket (PostgreSQL: its folder); absent: this machine. */
  host: z.string().min(1).max(253).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  user: z.string().min(1).max(63).optional(),
  /** A file with the password alone. */
  passwordFile: absolute.optional(),
  /** The account that runs the dump program, e.g. `postgres`; an agent that is root only. */
  runAs: account.optional(),
  /** The folder with the dump programs, when there are several versions. */
  programs: absolute.optional(),
  /** Only these databases; absent: every one. */
  only: z.array(z.string().min(1).max(63)).max(200).optional(),
  /** Whether a backup may be brought back into it. */
  restore: z.boolean().default(false),
};

/** One entry of `databases`. */
export const localDatabase = z.discriminatedUnion("engine", [
  z.strictObject({ engine: z.literal("postgresql"), ...server }),
  z.strictObject({
    engine: z.literal("mysql"),
    ...server,
    /** An option file of MySQL or MariaDB with host, user and password, in place of the fields above. */
    defaultsFile: absolute.optional(),
  }),
  z.strictObject({
    engine: z.literal("mongodb"),
    ...server,
    /** A file for mongodump's `--config`, with `uri` and `password` and nothing else, in place of host, port, user and passwordFile. */
    configFile: absolute.optional(),
  }),
]);
export type LocalDatabase = z.infer<typeof localDatabase>;
export type LocalHook = { command: [string, ...string[]] };

/** What a policy may allow beyond reading and restoring files. Everything here is off until it is written down. */
export const localExtras = {
  /** Scripts by name. */
  hooks: z.record(localName, z.strictObject({ command })).optional(),
  databases: z.record(localName, localDatabase).optional(),
  /** Hosts of databases whose details are typed in the console; `localhost` is this machine, its sockets included. */
  typedDatabaseHosts: z.array(z.string().min(1).max(253)).max(100).optional(),
  containers: z
    .strictObject({
      labels: z.array(z.string().regex(/^[A-Za-z0-9._/=-]{1,200}$/)).max(100),
      /** podman or docker, when it is not where such programs are. */
      engine: absolute.optional(),
    })
    .optional(),
  snapshots: z.boolean().optional(),
  /** Room that a snapshot of a logical volume takes in its group while a backup reads it; absent: none is made. */
  lvmSnapshotMib: z.number().int().min(16).max(100_000_000).optional(),
  /** What this machine does when the server stays silent. */
  alarm: z
    .strictObject({
      /** 0: never. */
      afterHours: z.number().min(0).max(8760).optional(),
      command: command.optional(),
    })
    .optional(),
};
type LocalExtras = z.output<z.ZodObject<typeof localExtras>>;
type ShownExtras = z.output<z.ZodObject<typeof policyExtras>>;

/** The part that the server is shown: names, and nothing that was not allowed. */
export function shownExtras(policy: LocalExtras): ShownExtras {
  return {
    ...(policy.hooks ? { hooks: Object.keys(policy.hooks).slice(0, 100) } : {}),
    ...(policy.databases
      ? {
          databases: Object.entries(policy.databases)
            .slice(0, 100)
            .map(([name, { engine, restore }]) => ({ name, engine, restore })),
        }
      : {}),
    ...(policy.typedDatabaseHosts ? { typedDatabaseHosts: policy.typedDatabaseHosts } : {}),
    ...(policy.containers ? { containerLabels: policy.containers.labels } : {}),
    ...(policy.snapshots === undefined ? {} : { snapshots: policy.snapshots }),
  };
}
