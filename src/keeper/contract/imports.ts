import { z } from "zod";
import { bytes, id, passphrase } from "./fields";

const encryption = z.enum([
  ...(["repokey-blake2", "repokey", "keyfile-blake2", "keyfile"] as const),
  ...(["authenticated-blake2", "authenticated", "none"] as const),
]);
const borgId = z.string().regex(/^[0-9a-f]{64}$/);

const candidate = z.object({
  /** Made by the keeper of location and name; the folder's path stays with it. */
  id,
  location: z.string(),
  name: z.string(),
  /** `import`: an admin put it into the import folder. `left`: it lies among a client's repositories, and the keeper has no record of it. */
  kind: z.enum(["import", "left"]),
  /** Of a `left` one: whose it was and the id that it keeps. */
  clientId: id.nullable(),
  repositoryId: id.nullable(),
  borgId: borgId.nullable(),
  encryption: encryption.nullable(),
  segments: z.number().int(),
  bytes,
  /** Why it cannot be taken in, for the person; null: nothing was found so far. */
  problem: z.string().nullable(),
});

/** What a repository is and holds, as borg and the keeper found it. */
export const foundRepository = z.object({
  borgId,
  encryption,
  bytes,
  segments: z.number().int(),
  /** Of transactions that were never committed; they are not taken over. */
  uncommittedSegments: z.number().int(),
  /** As its own configuration said; here neither is taken over. */
  appendOnly: z.boolean(),
  quotaBytes: bytes.nullable(),
  archiveCount: z.number().int(),
  /** The newest, at most 200. The times are the claims of whoever made them. */
  archives: z.array(z.object({ name: z.string(), startedAt: z.string(), hostname: z.string().nullable() })),
  oldestStartedAt: z.string().nullable(),
  newestStartedAt: z.string().nullable(),
  /** Of what was looked at: taking in refuses if it is another by then. */
  fingerprint: z.string(),
  seconds: z.number(),
});
export type FoundRepository = z.output<typeof foundRepository>;

/** borg's text of an exported key. */
const key = z.string().max(16_384).nullable();

/** Repositories that were made elsewhere, and those of this node that nobody knows any more. */
export const importsVerbs = {
  /** Folders that may be taken in, at most 100. Names and sizes are looked at, nothing else. */
  "list-imports": { input: z.object({}), output: z.object({ candidates: z.array(candidate) }) },
  /** Every repository that the keeper has, by id. */
  "list-repositories": {
    input: z.object({ after: id.nullable(), limit: z.number().int().min(1).max(1000) }),
    output: z.object({
      repositories: z.array(z.object({ clientId: id, repositoryId: id, borgId, location: z.string() })),
    }),
  },
  /**
   * Reads a candidate with borg: everything against its checksums, and the list of archives with the key. Nothing of it is changed but the
   * owner of its files, and nothing is kept. `candidateId` null: a repository that the keeper has already; then only the list is read. May run twice.
   */
  "inspect-import": {
    input: z.object({ candidateId: id.nullable(), clientId: id, repositoryId: id, passphrase, key }),
    output: foundRepository,
  },
  /**
   * Takes a candidate in as a repository of the client: under its own configuration, sealed, its archives in the ledger with our time. Refuses
   * `not-allowed` when it is not what `fingerprint` was made of, and `repository-exists` for a second one with borg's id of another. What
   * cuts it off leaves the source whole. May run twice: it goes on, or answers as the first time.
   */
  "adopt-import": {
    input: z.object({
      ...{ candidateId: id, clientId: id, repositoryId: id, passphrase, key },
      quotaBytes: bytes.nullable(),
      fingerprint: z.string().max(100),
    }),
    output: z.object({ borgId, location: z.string(), archives: z.number().int() }),
  },
} as const;
