import { z } from "zod";
import { bytes, id } from "./fields";

const gateSession = z.object({
  sequence: z.number().int().positive(),
  clientId: id,
  peerAddress: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  bytesIn: bytes.nullable(),
  bytesOut: bytes.nullable(),
  exitCode: z.number().int().nullable(),
  refused: z.string().nullable(),
  /** The repository it opened; null: none. */
  repositoryId: id.nullable(),
  writing: z.boolean(),
  /** Last committed segment when a writing session was let in and when it had ended; null: not a writing one, or not ended. */
  transactionBefore: z.number().int().nullable(),
  transactionAfter: z.number().int().nullable(),
  callsRefused: z.number().int().nonnegative(),
  /** The first of them, for the person. */
  refusedCalls: z.array(z.object({ call: z.string(), say: z.string() })),
});
export type GateSession = z.infer<typeof gateSession>;

const protection = z.object({
  name: z.enum([
    "separate-accounts",
    "root-owned-keys",
    "trusted-code",
    "sealed-segments",
    "quota",
    "borg-patched",
  ]),
  on: z.boolean(),
  /** For the Security page: what it does, or what is missing without it. */
  say: z.string(),
});
export type Protection = z.infer<typeof protection>;

/** The storage node itself, accounts of clients and their sessions through the gate. */
export const accountsVerbs = {
  /** Versions, host keys and which protections this storage node really has. */
  status: {
    input: z.object({}),
    output: z.object({
      root: z.boolean(),
      borgVersion: z.string().nullable(),
      sshHostKeys: z.array(z.string()),
      protections: z.array(protection),
      /** What holds a client's key: the line of authorized_keys and what the gate behind it runs, `<id>` for a client's id. */
      forcedCommand: z.object({ authorizedKeysLine: z.string(), servedCommand: z.string() }).optional(),
      freeBytes: bytes,
      totalBytes: bytes,
      /** Where repositories may lie, by the names of the node's own configuration; `main` is first and has the room above. */
      locations: z
        .array(
          z.object({
            name: z.string(),
            /** Why it cannot be used now; null: it can. */
            problem: z.string().nullable(),
            freeBytes: bytes,
            totalBytes: bytes,
          }),
        )
        .optional(),
    }),
  },
  /** Makes account, home and gate socket, writes the authorized key. May run twice; a new key replaces the old one at once. */
  "provision-client": {
    input: z.object({ clientId: id, sshPublicKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]{68}$/) }),
    output: z.object({ sshUser: z.string() }),
  },
  /** Takes the key and the account away and ends the client's sessions. Repositories stay. May run twice. */
  "remove-client": { input: z.object({ clientId: id }), output: z.object({}) },
  /** Most that all repositories of a client may hold together, from the next writing session on; null: no limit. May run twice. */
  "set-client-quota": {
    input: z.object({ clientId: id, quotaBytes: bytes.nullable() }),
    output: z.object({ usedBytes: bytes }),
  },
  /** The session ledger from a sequence number on, oldest first. Sessions that ended since are reported again. */
  "list-sessions": {
    input: z.object({
      fromSequence: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(1000),
    }),
    output: z.object({ sessions: z.array(gateSession) }),
  },
  /** Ends every open session of a client. */
  "end-sessions": { input: z.object({ clientId: id }), output: z.object({ ended: z.number().int() }) },
} as const;
