import { z } from "zod";
import { MOST_MANIFEST_BYTES, releaseSignatures, releaseVersion } from "./release";

/**
 * How an agent is brought to another version of itself. The server only carries: what is signed, and which of the signed files. Whether
 * that may be installed is decided on the machine, by the keys that it trusts (docs/decisions/0021).
 */

/** An agent that a launcher started, so that it can hand over to another version. */
export const UPDATE_ABILITY = "update-agent-1";

const id = z.string().regex(/^[a-z0-9]{1,20}$/);

/** The files of a release are fetched by their SHA-256 from `release-files/<sha256>`. */
export const updateAgentOrder = z.object({
  kind: z.literal("update-agent"),
  jobId: id,
  lease: z.number().int().positive(),
  /** The exact bytes of `manifest.json`. */
  manifest: z.base64().max(Math.ceil(MOST_MANIFEST_BYTES / 3) * 4),
  signatures: releaseSignatures,
  /** Which of its files: has to be the one that the manifest has for this machine. */
  fileSha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type UpdateAgentOrder = z.infer<typeof updateAgentOrder>;

/** Told by the new version once the server has answered it. */
export const updateAgentResult = z.object({
  kind: z.literal("update-agent"),
  from: releaseVersion,
  to: releaseVersion,
});

/** What a version on probation says: it reaches the server with this machine's key. Nothing is stored and no work is given out. */
export const probationRequest = z.object({ protocol: z.number().int(), version: z.string().max(40) });
export type ProbationRequest = z.infer<typeof probationRequest>;
export const probationResponse = z.object({ serverTime: z.iso.datetime() });
export type ProbationResponse = z.infer<typeof probationResponse>;

export const UPDATE_PROBLEMS = [
  "release-unsigned",
  "release-unknown-key",
  "release-bad-signature",
  "release-downgrade",
  "release-too-far",
  "release-wrong-file",
  "release-truncated",
  "update-impossible",
  "update-crashed",
  "update-hung",
  "update-unhealthy",
  "update-out-of-memory",
  "update-never-idle",
] as const;
