import { z } from "zod";

/**
 * What the gate and the keeper say to each other over the client's own socket (`run/gate/<clientId>.sock`, 0600, owned by the
 * client's account: the path is the identity). One JSON line each way; the session ends when the socket closes.
 *
 *   gate:   {"begin": {...}}
 *   keeper: {"allow": {...}} or {"refuse": "one sentence"}
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

export const gateEnd = z.object({
  end: z.object({
    bytesIn: z.number().int().nonnegative(),
    bytesOut: z.number().int().nonnegative(),
    exitCode: z.number().int().nullable(),
  }),
});
