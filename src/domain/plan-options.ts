import { z } from "zod";
import { DRILL_SCOPES } from "./drill";
import { idText } from "./id";
import { timeOfDay, weekday } from "./schedule";

/** A local thing by the name that the machine's own policy file gives it; the policy says what it is. */
export const localName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/, "Letters, digits, dots and dashes.");

/** One script that the machine's policy lists by this name. */
const hook = z.object({
  name: localName,
  timeoutSeconds: z.number().int().min(1).max(86_400),
  onFailure: z.enum(["abort", "warn"]),
});
export type PlanHook = z.output<typeof hook>;

const limit = z.number().int().min(16).max(10_000_000);

/** One database server or file that is streamed into the archive beside the directories. No password stands here. */
export const databaseSource = z.object({
  engine: z.enum(["postgresql", "mysql", "mongodb", "sqlite"]),
  /** Also the name in the archive: `databases/<name>/...`. */
  name: localName,
  /** Which databases; empty: every one that is there (SQLite: absolute paths of files). */
  databases: z.array(z.string().min(1).max(4096)).max(200),
  /**
   * Where the credentials are: `local`: the machine's policy has an entry of this name; `sealed`: typed in the console and sealed in the
   * browser to the agent's own key (base64: sealFor(machine.sealingKey, JSON of protocol/backup-extras sealedCredentials)), so that the server cannot open it; `none`: the agent's own account may.
   */
  credentials: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("none") }),
    z.object({ kind: z.literal("local"), name: localName }),
    z.object({ kind: z.literal("sealed"), box: z.base64().max(8192) }),
  ]),
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:_/-]*$/),
  port: z.number().int().min(1).max(65_535).nullable(),
  user: z.string().max(63),
});
export type DatabaseSource = z.output<typeof databaseSource>;

/** A file of the machine that every drill reads back; one that never changes tells at once when it does. */
const canaryPath = z
  .string()
  .trim()
  .max(4096, "This path is longer than Linux allows.")
  .refine((path) => path.startsWith("/") && !path.endsWith("/"), "Write the whole path of a file.")
  .refine((path) => !/\0/.test(path) && !path.split("/").includes(".."), "Write the path without “..”.");

/** Restores that are made again and again to prove that restoring works. */
export const planDrill = z.object({
  everyDays: z.number().int().min(1).max(365),
  scope: z.enum(DRILL_SCOPES),
  /** How many files are drawn by seed beside the canaries. */
  files: z.number().int().min(1).max(100),
  canaries: z.array(canaryPath).max(20, "At most twenty canaries."),
  /** The client on which the files are brought back. Absent: the storage node alone. */
  onto: idText.optional(),
});
export type PlanDrill = z.output<typeof planDrill>;

/** What a plan may ask of borg and of the machine beyond directories. */
export const planOptions = z.object({
  /** borg --upload-ratelimit in KiB/s outside of the windows; null: none. */
  uploadKibPerSecond: limit.nullable(),
  /** Other limits at other times, in the zone of the plan's schedule (UTC without one); the first that matches holds. Null: no limit then. */
  uploadWindows: z
    .array(
      z.object({
        weekdays: z.array(weekday).min(1).max(7),
        from: timeOfDay,
        to: timeOfDay,
        kibPerSecond: limit.nullable(),
      }),
    )
    .max(10),
  checkpointMinutes: z.number().int().min(1).max(1440).nullable(),
  filesCache: z.enum(["ctime,size,inode", "mtime,size,inode", "ctime,size", "mtime,size", "disabled"]),
  numericIds: z.boolean(),
  noAcls: z.boolean(),
  noXattrs: z.boolean(),
  noFlags: z.boolean(),
  sparse: z.boolean(),
  keepExcludeTags: z.boolean(),
  excludeIfPresent: z.array(z.string().regex(/^[^/\0\r\n]{1,255}$/)).max(20),
  /** Minutes after which a backup of this plan is stopped; null: a day. */
  limitMinutes: z.number().int().min(1).max(20_160).nullable(),
  databases: z.array(databaseSource).max(20),
  hooksBefore: z.array(hook).max(10),
  /** Run always, whatever became of the backup, in this order. */
  hooksAfter: z.array(hook).max(10),
  /** Containers with this label are stopped before and started after; null: none. */
  stopContainersLabelled: z
    .string()
    .regex(/^[A-Za-z0-9._/=-]{1,200}$/)
    .nullable(),
  /** Read from a file-system snapshot where the file system can make one. */
  snapshot: z.enum(["none", "if-possible", "required"]),
  /** Null: no drills by themselves. */
  drill: planDrill.nullable(),
});
export type PlanOptions = z.output<typeof planOptions>;

/** What a plan promises. Null: nothing is promised of that. */
export const planObjectives = z.object({
  /** A new archive, committed and audited, at least this often. */
  rpoHours: z.number().int().min(1).max(8760).nullable(),
  /** A restore was proven at least this often. */
  restoreProvenDays: z.number().int().min(1).max(3650).nullable(),
  /** A copy off site is not older. */
  offsiteHours: z.number().int().min(1).max(8760).nullable(),
});
export type PlanObjectives = z.output<typeof planObjectives>;
