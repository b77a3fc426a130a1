import { z } from "zod";
import { MOST_CANARIES, MOST_DRAWN } from "./sample";

/**
 * A restore drill on another machine than the one that made the archive: a restore into a folder of its own, of which the agent tells the
 * hashes and then removes everything. What the hashes ought to be the agent is not told, so it can only have them from the files.
 */

/** In `machine.abilities` of an agent that knows it. An older one would restore, and keep the files. */
export const RESTORE_DRILL_ABILITY = "restore-drill";

const count = z.number().int().nonnegative();
const path = z.base64().min(4).max(8192);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const MOST_SAMPLED = MOST_DRAWN + MOST_CANARIES;

export const drillOrder = z.object({
  /** Files whose contents are told as HMAC-SHA-256 with this salt, by their paths as stored in the archive. Absent: none. */
  sample: z
    .object({ salt: z.string().regex(/^[A-Za-z0-9+/]{43}=$/), paths: z.array(path).min(1).max(MOST_SAMPLED) })
    .optional(),
  /** Whether everything that came is hashed into one digest. */
  everything: z.boolean(),
});
export type DrillOrder = z.infer<typeof drillOrder>;

export const drillResult = z.object({
  /** Those of the sample that are there; `hash` null: it could not be read. */
  files: z.array(z.object({ path, bytes: count, hash: sha256.nullable() })).max(MOST_SAMPLED),
  /**
   * With `everything`: each file by folders, names in the order of their bytes, as path, NUL, length, NUL, SHA-256 of its contents, LF, and the
   * SHA-256 over that. `unreadable`: files that are there and are in neither.
   */
  everything: z.object({ files: count, bytes: count, listDigest: sha256, unreadable: count }).nullable(),
  /** From borg's start until all of it was on disk. */
  milliseconds: count,
  /** Where something could not be removed afterwards; null: nothing is left. */
  left: z.string().max(4200).nullable(),
});
export type DrillResult = z.infer<typeof drillResult>;
