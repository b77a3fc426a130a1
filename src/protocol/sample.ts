import { z } from "zod";

/**
 * A sample of the live files of a backup, hashed by the agent beside it: what a restore drill is compared with later. Bounded, so that neither
 * a large tree nor a hostile machine makes it more.
 */

/** Most files that are drawn at random for one backup. */
export const MOST_DRAWN = 100;
/** Most files that a plan may name as canaries. */
export const MOST_CANARIES = 20;

const seed = z.string().regex(/^[0-9a-f]{32}$/);

/** What the agent is asked to hash. An older one leaves it out, and the archive then has nothing to be compared with. */
export const sampleOrder = z.object({
  /** Decides which files are drawn, for a tree that stays the same. */
  seed,
  /** How many files are drawn at random. */
  files: z.number().int().min(0).max(MOST_DRAWN),
  /** Files that are always taken, by absolute path. */
  canaries: z.array(z.string().startsWith("/").max(4096)).max(MOST_CANARIES),
});
export type SampleOrder = z.infer<typeof sampleOrder>;

/** Why a canary has no hash. `missing`: it was not there when borg had ended. `left-out`: the plan does not read it. */
export const CANARY_GAPS = ["missing", "changed", "unreadable", "left-out", "too-large"] as const;

export const sampleResult = z.object({
  seed,
  /** 32 random bytes of this job, made by the agent: the key of HMAC-SHA-256 over each file's contents. */
  salt: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  files: z
    .array(
      z.object({
        /** As stored in the archive: bytes as base64, no leading slash. */
        path: z.base64().min(4).max(8192),
        bytes: z.number().int().nonnegative(),
        hash: z.string().regex(/^[0-9a-f]{64}$/),
        canary: z.literal(true).optional(),
      }),
    )
    .max(MOST_DRAWN + MOST_CANARIES),
  /** Canaries without a hash, and why. */
  withoutHash: z
    .array(z.object({ path: z.base64().min(4).max(8192), why: z.enum(CANARY_GAPS) }))
    .max(MOST_CANARIES),
  /** Files that were drawn but changed or vanished meanwhile: they do not count. */
  dropped: z.number().int().nonnegative(),
});
export type SampleResult = z.infer<typeof sampleResult>;
