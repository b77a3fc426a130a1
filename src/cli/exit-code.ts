import { CommanderError } from "commander";
import { BbsError } from "~/api-client/bbs-error";
import { FingerprintError } from "~/api-client/pinned-fetch";
import { UsageError } from "./usage-error";

/** What the exit code tells a script. */
export const EXIT = { ok: 0, jobFailed: 1, usage: 2, refused: 3, unreachable: 4 } as const;

/** A job that was waited for did not succeed. */
export class JobFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What was checked does not hold. */
export class NotVerified extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Failure {
  exitCode: number;
  code: string;
  say: string;
}

/**
 * What a failed command says and with which code it ends. A server that failed by itself counts as unreachable, not as refused:
 * trying again later may help. Null: commander has printed everything already (help, version).
 */
export function describeFailure(error: unknown): Failure | null {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? null : { exitCode: EXIT.usage, code: "usage", say: error.message };
  if (error instanceof UsageError) return { exitCode: EXIT.usage, code: "usage", say: error.message };
  if (error instanceof JobFailed || error instanceof NotVerified)
    return { exitCode: EXIT.jobFailed, code: error.code, say: error.message };
  if (error instanceof FingerprintError)
    return { exitCode: EXIT.usage, code: "fingerprint", say: error.message };
  if (error instanceof BbsError) {
    const broken = error.code === "unreachable" || error.code === "fault";
    return { exitCode: broken ? EXIT.unreachable : EXIT.refused, code: error.code, say: error.say };
  }
  throw error;
}
