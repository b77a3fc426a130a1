import { z } from "zod";

/**
 * Looking at a machine's real tree: orders and answers of the lane `look`. An agent does none of it unless its own policy says `browse`,
 * and never looks outside the policy's `readPaths` or into its own folder. Answers are bounded, so that neither a huge folder nor a
 * hostile machine fills the server.
 */

/** Most entries of one folder in an answer. */
export const MOST_ENTRIES = 2000;
/** Most names given as an example of something counted. */
export const MOST_SAMPLES = 20;
/** Most gaps in one answer. */
export const MOST_GAPS = 200;

const id = z.string().regex(/^[a-z0-9]{1,20}$/);
const count = z.number().int().nonnegative();
const pathBytes = z.base64().max(8192);
const absolute = z.string().startsWith("/").max(4096);
const head = { jobId: id, lease: z.number().int().positive() };
/** What of a plan decides what is read. */
const reading = {
  sources: z.array(absolute).min(1).max(200),
  excludes: z.array(z.string().min(1).max(4096)).max(500),
  oneFileSystem: z.boolean(),
};

/** One folder, by its absolute path as bytes in base64. */
export const browseOrder = z.object({ kind: z.literal("browse-disk"), ...head, path: pathBytes.min(4) });
export type BrowseOrder = z.infer<typeof browseOrder>;

/** What a backup with these settings would read, as borg itself decides it. */
export const dryRunOrder = z.object({
  kind: z.literal("dry-run"),
  ...head,
  ...reading,
  excludeCaches: z.boolean(),
  excludeIfPresent: z.array(z.string().regex(/^[^/\0\r\n]{1,255}$/)).max(20),
  keepExcludeTags: z.boolean(),
});
export type DryRunOrder = z.infer<typeof dryRunOrder>;

/** Which paths none of these plans reads. */
export const findGapsOrder = z.object({
  kind: z.literal("find-gaps"),
  ...head,
  plans: z.array(z.object(reading)).max(200),
});
export type FindGapsOrder = z.infer<typeof findGapsOrder>;

/** The name of an entry as base64 of its bytes. One name: never a path, never a way up. */
const entryName = z.base64().min(4).max(344).refine(isOneName, "is no name of a file");

/** Asked also of what was refused as base64 already. */
function isOneName(name: string): boolean {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(name) || name.length % 4 !== 0) return false;
  const raw = atob(name);
  return raw !== "." && raw !== ".." && !/[/\0]/.test(raw);
}

export const ENTRY_TYPES = ["directory", "file", "link", "device", "pipe", "socket", "other"] as const;

export const diskEntry = z.object({
  name: entryName,
  type: z.enum(ENTRY_TYPES),
  bytes: count,
  modifiedAt: z.iso.datetime().nullable(),
  /** Permission bits. */
  mode: z.number().int().min(0).max(0o7777),
});
export type DiskEntry = z.infer<typeof diskEntry>;

export const browseResult = z.object({
  kind: z.literal("browse-disk"),
  path: pathBytes,
  /** By the bytes of their names. */
  entries: z.array(diskEntry).max(MOST_ENTRIES),
  /** There are more than are told. */
  truncated: z.boolean(),
});
export type BrowseResult = z.infer<typeof browseResult>;

const sized = { path: pathBytes, bytes: count };

/** What one reason leaves out. */
export const leftOut = z.object({
  /**
   * `pattern`: this exclude. `expressions`: one of several `re:` patterns, which only borg can tell apart. `caches`: a folder with a
   * CACHEDIR.TAG. `marker`: a folder with one of the marker files.
   */
  why: z.enum(["pattern", "expressions", "caches", "marker"]),
  /** With `pattern`: as it was sent. */
  pattern: z.string().max(4096).nullable(),
  files: count,
  directories: count,
  bytes: count,
  /** False: a part was not counted in the time there was; the numbers are the least. */
  counted: z.boolean(),
  samples: z.array(pathBytes).max(MOST_SAMPLES),
});
export type LeftOut = z.infer<typeof leftOut>;

export const dryRunResult = z.object({
  kind: z.literal("dry-run"),
  included: z.object({ files: count, directories: count, bytes: count }),
  /** In the order of the patterns; every pattern that was sent stands here, also one that matches nothing. */
  leftOut: z.array(leftOut).max(520),
  /** Within what is included: not readable for the agent's account. */
  unreadable: z.object({ files: count, samples: z.array(pathBytes).max(MOST_SAMPLES) }),
  /** Sources that are not there. */
  missing: z.array(z.string().max(4096)).max(200),
  /** The largest, with all below them. A folder of which one folder in it makes up nearly all is left out in favour of that one. */
  largestFolders: z.array(z.object({ ...sized, files: count })).max(MOST_SAMPLES),
  largestFiles: z.array(z.object(sized)).max(MOST_SAMPLES),
  /** False: stopped at the time limit; the numbers are of the part that was walked. */
  complete: z.boolean(),
  seconds: z.number().nonnegative(),
  /** What borg could not look at; the first of them. */
  problems: z.array(z.string().max(4000)).max(MOST_SAMPLES),
  problemCount: count,
  borgVersion: z.string().max(40),
});
export type DryRunResult = z.infer<typeof dryRunResult>;

export const GAP_KINDS = ["mount", "database", "home", "folder"] as const;

export const gap = z.object({
  /** Only paths that are text: others cannot be put into a plan. */
  path: absolute,
  kind: z.enum(GAP_KINDS),
  /** Null: not counted in the time there was. */
  bytes: count.nullable(),
});
export type Gap = z.infer<typeof gap>;

export const findGapsResult = z.object({ kind: z.literal("find-gaps"), gaps: z.array(gap).max(MOST_GAPS) });
export type FindGapsResult = z.infer<typeof findGapsResult>;

/** Why a look failed. */
export const LOOK_PROBLEMS = ["policy-forbids-looking", "folder-missing", "folder-unreadable"] as const;
