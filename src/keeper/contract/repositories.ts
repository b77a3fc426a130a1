import { z } from "zod";
import { bytes, passphrase, repository } from "./fields";

/** Repositories as a whole: made, measured, limited, deleted. */
export const repositoriesVerbs = {
  /** `borg init`. Twice with the same passphrase: answers as the first time. */
  "create-repository": {
    input: z.object({
      ...repository,
      passphrase,
      quotaBytes: bytes.nullable(),
      /** Where the key, if there is one, lies in the repository. */
      encryption: z
        .enum(["repokey-blake2", "repokey", "authenticated-blake2", "authenticated", "none"])
        .default("repokey-blake2"),
      /** One of the node's own; counts only the first time. */
      location: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
        .default("main"),
    }),
    output: z.object({ borgId: z.string().regex(/^[0-9a-f]{64}$/) }),
  },
  "repository-size": { input: z.object({ ...repository }), output: z.object({ bytes, files: bytes }) },
  /** The quota from now on, for the gate and for borg; null: none. */
  "set-quota": {
    input: z.object({ ...repository, quotaBytes: bytes.nullable() }),
    output: z.object({}),
  },
  /** Removes borg's locks if nobody can be in: no session, no living process of either account. Else refuses with what was found. */
  "break-lock": {
    input: z.object(repository),
    output: z.object({
      removed: z.array(z.object({ name: z.string(), since: z.string() })),
      openSessions: z.number().int(),
      /** Null: without root the accounts are one and cannot be asked. */
      livingProcesses: z.number().int().nullable(),
    }),
  },
  /** borg's key of the repository, to be escrowed (`borg key export`) or printed (`--paper`). From the seal, never from the live config. */
  "export-key": {
    input: z.object({ ...repository, passphrase, paper: z.boolean() }),
    output: z.object({ text: z.string(), configSha256: z.string() }),
  },
  /** From here on no backups into it, and after the days it may be deleted. Fewer than 7 only where there was never an archive. */
  "mark-for-deletion": {
    input: z.object({ ...repository, graceDays: z.number().int().min(0).max(365) }),
    output: z.object({ deleteAfter: z.string() }),
  },
  /** Takes the mark away. Refuses `not-allowed` once deleting has begun. */
  "undo-deletion": { input: z.object(repository), output: z.object({}) },
  /** Deletes a marked repository and its vault for good. Refuses `not-allowed` before its time by the keeper's own clocks. */
  "delete-repository": { input: z.object(repository), output: z.object({ freedBytes: bytes }) },
} as const;
