import { z } from "zod";

/**
 * What the gate and the keeper say to each other over the client's own socket (`run/gate/<clientId>.sock`, 0600, owned by the
 * client's account: the path is the identity). One JSON line each way; the session ends when the socket closes.
 *
 *   gate:   {"begin": {...}}
 *   keeper: {"allow": {...}} or {"refuse": "one sentence"}
 *   gate:   {"open": {...}}     once, when the client's borg opens a repository; the gate holds the client's stream until the answer
 *   keeper: {"opened": {...}} or {"denied": {...}}
 *   gate:   {"refused": {...}}  for every call the gate refused, evidence only, at most 100 a session
 *   gate:   {"end": {...}}      when borg has ended; a socket closed without it is a session that was cut off
 */
export const gateBegin = z.object({
  begin: z.object({
    /** SSH_ORIGINAL_COMMAND, cut at 200 characters; evidence only, never executed. */
    asked: z.string().max(200).nullable(),
    /** The gate's own judgement: null, or why it will not serve. Recorded either way. */
    refused: z.string().max(300).nullable(),
    /** From SSH_CONNECTION. */
    peerAddress: z.string().max(64).nullable(),
    pid: z.number().int().positive(),
  }),
});

export const gateAllow = z.object({
  allow: z.object({
    sessionId: z.number().int().positive(),
    /** Absolute path of the borg to serve with. */
    borg: z.string(),
    /** HOME for borg serve: the client's home on this machine. */
    home: z.string(),
    repositories: z.array(z.object({ path: z.string(), quotaBytes: z.number().int().nullable() })),
    /** The session is ended after this long. */
    limitSeconds: z.number().int().positive(),
  }),
});

export const gateRefuse = z.object({ refuse: z.string() });
export const gateAnswer = z.union([gateAllow, gateRefuse]);

export const gateOpen = z.object({
  open: z.object({
    /** One of the paths of `allow`. */
    path: z.string().max(4096),
    /** False: the gate lets no call through that could change anything. */
    write: z.boolean(),
    /** How long the client's borg is willing to wait for its lock; null: for ever. */
    waitSeconds: z.number().nonnegative().nullable(),
  }),
});

export const gateOpened = z.object({
  opened: z.object({
    /** Files with the ids of every object that is stored now (see gate/known-objects); empty for a session that only reads. */
    known: z.array(z.string()),
    /** Bytes this session may still put before the quota is used up; null: no quota. */
    mayPutBytes: z.number().int().nullable(),
    /** False only where a test has switched the gate's layer off: from here on every call passes. */
    filter: z.boolean().optional(),
  }),
});
export const gateDenied = z.object({
  denied: z.object({
    /** `busy`: the wait was too short, as with borg's own lock. `held`: the repository is quarantined. `full`: the client's quota is used. */
    code: z.enum(["busy", "held", "full", "fault"]),
    say: z.string(),
  }),
});
export const gateOpenAnswer = z.union([gateOpened, gateDenied]);

export const gateCallRefused = z.object({
  refused: z.object({
    /** The RPC's name, cut at 40 characters. */
    call: z.string().max(40),
    say: z.string().max(300),
  }),
});

export const gateEnd = z.object({
  end: z.object({
    bytesIn: z.number().int().nonnegative(),
    bytesOut: z.number().int().nonnegative(),
    exitCode: z.number().int().nullable(),
    /** All refused calls, also those beyond the hundred that were told one by one. */
    callsRefused: z.number().int().nonnegative(),
  }),
});
