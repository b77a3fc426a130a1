import { z } from "zod";
import { drillOrder, drillResult } from "./restore-drill";

/**
 * What a restore order may ask beyond "these paths of one archive, over what is there". Closed lists only; where it may write is decided by the
 * machine's own policy file.
 */

/** In `machine.abilities` of an agent that knows all fields here. An older one would leave them out without a word. */
export const RESTORE_EXTRAS_ABILITY = "restore-extras";

const id = z.string().regex(/^[a-z0-9]{1,20}$/);
const count = z.number().int().nonnegative();
const counts = z.object({ files: count, bytes: count });

/** One archive and what of it, as stored there (no leading slash), base64. No paths: everything. */
export const archivePart = z.object({
  archive: z.object({ borgId: z.string().regex(/^[0-9a-f]{64}$/), name: z.string() }),
  paths: z.array(z.base64().max(8192)).max(10_000),
});
export type ArchivePart = z.infer<typeof archivePart>;

/** What happens to what is there. A folder that is there stays, and takes the archive's mode and owner only with `overwrite`. */
export const EXISTING = ["overwrite", "keep-both", "only-missing"] as const;
export type Existing = (typeof EXISTING)[number];

/** `keep`: by name, by number where the machine does not know it; `none`: files of the restoring account, with the usual modes. */
export const OWNERS = ["keep", "numeric", "none"] as const;
export type Owners = (typeof OWNERS)[number];

/** Fields of a restore order that an older server does not send. */
export const restoreExtras = {
  /** Further parts from the same repository, written after the first one: of the same path the last one stays. */
  more: z.array(archivePart).max(49).optional(),
  /** What happens to what is there. Absent: `overwrite`. */
  existing: z.enum(EXISTING).optional(),
  /** Absent: `keep`. */
  owners: z.enum(OWNERS).optional(),
  /** Nothing is written: the result tells what would be. */
  dryRun: z.boolean().optional(),
  /** An earlier job of the same order, which ended before it was done: what is whole of it is not written again. */
  resume: id.optional(),
  /** How much it is in all, where the server knows: for the progress alone. */
  totals: counts.optional(),
  /** Into a folder of its own, hashed and removed again. `target` is then the restore folder, and nothing of the above but `more` and `totals` is read. */
  drill: drillOrder.optional(),
};

/** Most paths that a result names; the list on the machine has them all. */
export const MOST_NAMED_PATHS = 200;

/** Fields of a restore's result that an older agent does not send. */
export const restoreFindings = {
  /** With `drill`: what came, by its hashes. */
  drilled: drillResult.optional(),
  /** Files that took the place of others of their name. */
  replaced: count.optional(),
  /** Files that got a name of their own beside what was there. */
  keptBoth: count.optional(),
  /** Why things were skipped, most frequent first. */
  skippedBy: z
    .array(z.object({ why: z.string().max(300), count }))
    .max(20)
    .optional(),
  /** What is on disk of it: the first ones, shown as text, and the file on the machine that lists all (null: there is none). */
  written: z
    .object({ paths: z.array(z.string().max(4200)).max(MOST_NAMED_PATHS), list: z.string().nullable() })
    .optional(),
  /** What was there whole from the job that this one resumes; `files` and `bytes` of the result count only what was written now. */
  resumed: counts.optional(),
  /** It ended early, and what was written waits here: a job that resumes it goes on, and puts it in place. Null: everything is in place. */
  waitsIn: z.string().max(4200).nullable().optional(),
  /** With `dryRun`: what would become of the files. */
  wouldWrite: z
    .object({
      create: counts,
      replace: counts,
      keepBoth: counts,
      skip: counts,
      directories: count,
      sample: z
        .array(
          z.object({
            path: z.string().max(4200),
            becomes: z.enum(["create", "replace", "keep-both", "skip"]),
            bytes: count,
          }),
        )
        .max(MOST_NAMED_PATHS),
    })
    .optional(),
};
