/**
 * Why a request may not be done. Closed: every transport maps each code to a status, exhaustively, so a new code does
 * not compile until each edge says what it means there.
 */
export const REFUSAL_CODES = [
  "not-signed-in",
  "forbidden",
  "not-found",
  "name-taken",
  "invalid-input",
  "already-set-up",
  "setup-link-invalid",
  "sign-in-failed",
  "rate-limited",
  "enrolment-token-invalid",
  "enrolment-token-used",
  "enrolment-token-expired",
  "agent-key-invalid",
  "protocol-unsupported",
  "stale-lease",
  "job-ended",
  "client-not-enrolled",
  "client-offline",
  "borg-missing",
  "borg-too-old",
  "repository-not-ready",
  "repository-quarantined",
  "repository-in-use",
  "target-forbidden",
  "archive-missing",
  "storage-unavailable",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** A request that may not be done. `say` is for the person: what is wrong and what to do next, never a secret. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly say: string;

  constructor(code: RefusalCode, text: { say: string; cause?: unknown }) {
    super(`${code}: ${text.say}`, text.cause === undefined ? undefined : { cause: text.cause });
    this.name = "Refusal";
    this.code = code;
    this.say = text.say;
  }
}
