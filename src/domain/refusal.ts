/**
 * Why a request may not be done. Closed: every transport maps each code to a status, exhaustively, so a new code does
 * not compile until each edge says what it means there.
 */
export const REFUSAL_CODES = [
  "not-signed-in",
  /** Password or provider were right; the second factor is still to be shown. */
  "second-factor-needed",
  /** An admin demands one of everybody, and this person has none. */
  "second-factor-not-set-up",
  /** A person whom a provider vouched for and no admin has let in yet. */
  "approval-pending",
  /** The password or second factor must be shown again for this. */
  "confirmation-needed",
  "forbidden",
  "not-found",
  "name-taken",
  "invalid-input",
  /** Somebody else changed the thing since it was opened; nothing was written. */
  "changed-meanwhile",
  "already-set-up",
  "setup-link-invalid",
  /** An invitation or a link to a new password: unknown, used, revoked or too old. */
  "link-invalid",
  "sign-in-failed",
  "rate-limited",
  /** Tries cannot be counted just now, and nothing fails open. */
  "limits-unavailable",
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
  /** The agent on the machine does not know what the order asks for. */
  "agent-too-old",
  "repository-not-ready",
  "repository-quarantined",
  "repository-in-use",
  /** A suspicious backup waits for a person; nothing is removed meanwhile. */
  "retention-held",
  /** A release that no key of ours signed, or that does not hold what was signed. */
  "release-refused",
  "target-forbidden",
  "archive-missing",
  "storage-unavailable",
  "database-away",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** A permission that was lacking. `clientId` null: it is about no single client. */
export interface Denied {
  action: string;
  clientId: string | null;
}

/** A request that may not be done. `say` is for the person: what is wrong and what to do next, never a secret. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly say: string;
  /** With `rate-limited` and `limits-unavailable`: seconds until it may be tried again. */
  readonly retryAfterSeconds: number | null;
  /** What the person who asked may not do, and with which client; null: refused for another reason. For the journal, never told to them. */
  readonly denied: Denied | null;

  constructor(
    code: RefusalCode,
    text: { say: string; cause?: unknown; retryAfterSeconds?: number; denied?: Denied },
  ) {
    super(`${code}: ${text.say}`, text.cause === undefined ? undefined : { cause: text.cause });
    this.name = "Refusal";
    this.code = code;
    this.say = text.say;
    this.retryAfterSeconds = text.retryAfterSeconds ?? null;
    this.denied = text.denied ?? null;
  }
}
