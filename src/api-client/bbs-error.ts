import { TRPCClientError } from "@trpc/client";
import type { RefusalCode } from "~/domain/refusal";
import type { AppRouter } from "~/server/api/root";

/**
 * Why a call did not succeed. A refusal's code says which rule refused; `unreachable`: no answer came (network, TLS, wrong address);
 * `fault`: the server failed, `say` holds the reference to quote.
 */
export type BbsErrorCode = RefusalCode | "unreachable" | "fault";

/** What every failed call of the typed client throws. `say` is one sentence for a person. */
export class BbsError extends TRPCClientError<AppRouter> {
  readonly code: BbsErrorCode;
  readonly say: string;

  constructor(code: BbsErrorCode, say: string, cause?: Error) {
    super(say, { cause });
    this.code = code;
    this.say = say;
    // The base class puts its own prototype back, which would hide this class from `instanceof`.
    Object.setPrototypeOf(this, BbsError.prototype);
    this.name = "BbsError";
  }
}

/** Turns whatever the transport threw into a BbsError. */
export function toBbsError(thrown: Error): BbsError {
  if (thrown instanceof BbsError) return thrown;
  if (!(thrown instanceof TRPCClientError)) return new BbsError("unreachable", innermost(thrown), thrown);
  const refusal = readRefusal(thrown.data);
  if (refusal) return new BbsError(refusal.code, refusal.say, thrown);
  if (thrown.shape) return new BbsError("fault", thrown.message, thrown);
  return new BbsError("unreachable", innermost(thrown), thrown);
}

/** The refusal in what the API answers; null: there is none. */
export function readRefusal(data: unknown): { code: RefusalCode; say: string } | null {
  if (typeof data !== "object" || data === null || !("refusal" in data)) return null;
  const { refusal } = data;
  if (typeof refusal !== "object" || refusal === null) return null;
  if (!("code" in refusal) || !("say" in refusal) || typeof refusal.say !== "string") return null;
  return isRefusalCode(refusal.code) ? { code: refusal.code, say: refusal.say } : null;
}

/** The server's codes are a closed list that may be newer than this client's; any text of that shape is taken over. */
function isRefusalCode(code: unknown): code is RefusalCode {
  return typeof code === "string" && code.length > 0;
}

/** The message nearest to the cause: fetch says only "fetch failed" and hides ECONNREFUSED two levels down. */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}
