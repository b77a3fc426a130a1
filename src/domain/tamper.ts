import { z } from "zod";

/**
 * What speaks against a repository. Everything an audit can find; anything here means "not clean". Words for people:
 * `sayEvidence` in tamper-words.
 */
export const evidence = z.discriminatedUnion("kind", [
  /** `config` is gone, or no directory of segments is left. */
  z.object({ kind: z.literal("repository-missing") }),
  /** `config` is not the one that was sealed: another key, or other settings. */
  z.object({ kind: z.literal("config-changed"), key: z.boolean() }),
  z.object({ kind: z.literal("segments-missing"), count: z.number().int(), first: z.number().int() }),
  /** Size, time or inode of a sealed segment differ. */
  z.object({ kind: z.literal("segments-changed"), count: z.number().int(), first: z.number().int() }),
  /** A segment below the sealed transaction that was not there when it was sealed. */
  z.object({ kind: z.literal("segments-appeared"), count: z.number().int(), first: z.number().int() }),
  /** Objects stored before the session were deleted in it. */
  z.object({
    kind: z.literal("objects-deleted"),
    count: z.number().int(),
    segment: z.number().int(),
    session: z.number().int().nullable(),
  }),
  /** Objects stored before the session were written once more with other content. */
  z.object({
    kind: z.literal("objects-replaced"),
    count: z.number().int(),
    segment: z.number().int(),
    session: z.number().int().nullable(),
  }),
  z.object({ kind: z.literal("manifest-missing") }),
  z.object({ kind: z.literal("segment-malformed"), segment: z.number().int(), offset: z.number().int() }),
  /** Transactions that no session of our ledger made. */
  z.object({ kind: z.literal("commit-unledgered"), count: z.number().int(), first: z.number().int() }),
  /** Archives of our ledger that the repository does not list any more, under their id and name. */
  z.object({
    kind: z.literal("archives-missing"),
    count: z.number().int(),
    /** The newest, at most 100. */
    archives: z.array(z.object({ borgId: z.string(), name: z.string() })),
  }),
  /** The archive list cannot be read with the key we know. `say` is borg's problem in our words. */
  z.object({ kind: z.literal("list-unreadable"), say: z.string() }),
  /** No finding of an audit: borg repaired the repository, and nobody has decided on the result. */
  z.object({ kind: z.literal("repair-undecided") }),
]);
export type Evidence = z.output<typeof evidence>;
