import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";
import type { RefusalCode } from "~/domain/refusal";

/** What each refusal is in tRPC's words. Exhaustive: a new code does not compile until it stands here. */
export const TRPC_CODE: Record<RefusalCode, TRPC_ERROR_CODE_KEY> = {
  "not-signed-in": "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  "not-found": "NOT_FOUND",
  "name-taken": "CONFLICT",
  "invalid-input": "BAD_REQUEST",
  "already-set-up": "CONFLICT",
  "setup-link-invalid": "FORBIDDEN",
  "sign-in-failed": "UNAUTHORIZED",
  "rate-limited": "TOO_MANY_REQUESTS",
  "enrolment-token-invalid": "FORBIDDEN",
  "enrolment-token-used": "CONFLICT",
  "enrolment-token-expired": "FORBIDDEN",
  "agent-key-invalid": "UNAUTHORIZED",
  "protocol-unsupported": "PRECONDITION_FAILED",
  "stale-lease": "CONFLICT",
  "job-ended": "CONFLICT",
  "client-not-enrolled": "PRECONDITION_FAILED",
  "client-offline": "PRECONDITION_FAILED",
  "borg-missing": "PRECONDITION_FAILED",
  "borg-too-old": "PRECONDITION_FAILED",
  "repository-not-ready": "PRECONDITION_FAILED",
  "repository-quarantined": "CONFLICT",
  "repository-in-use": "CONFLICT",
  "target-forbidden": "FORBIDDEN",
  "archive-missing": "NOT_FOUND",
  "storage-unavailable": "SERVICE_UNAVAILABLE",
};
