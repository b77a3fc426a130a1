import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { Refusal } from "~/domain/refusal";
import { TRPC_CODE } from "./refusal-codes";
import { logFault } from "./trpc-error";

/** What a route outside of tRPC answers when it cannot do what was asked: code and sentence, or the reference of a fault. */
export function refusalResponse(error: unknown, path: string): Response {
  const headers = { "cache-control": "no-store" };
  if (!(error instanceof Refusal)) {
    const { message, reference } = logFault(error, { path });
    return Response.json({ error: { code: "fault", say: message, reference } }, { status: 500, headers });
  }
  const { code, say, retryAfterSeconds } = error;
  const status = getHTTPStatusCodeFromError(new TRPCError({ code: TRPC_CODE[code] }));
  const wait: Record<string, string> =
    retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
  return Response.json({ error: { code, say } }, { status, headers: { ...headers, ...wait } });
}
