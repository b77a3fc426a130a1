import type { TRPCError } from "@trpc/server";
import { CSRF_RENEWED_HEADER } from "~/domain/csrf";
import { Refusal } from "~/domain/refusal";
import { databaseRefusal } from "../database-refusal";
import { createApiContext } from "./context";
import { csrfCookieFor, csrfTokenHolds } from "./csrf-token";
import type { ApiContext } from "./trpc";
import { refusalError } from "./trpc-error";

/**
 * Who asks, for a request over HTTP. What changes something over the cookie of a sign-in must also bring the token of that sign-in
 * (`csrf-token.ts`); a browser that has none yet, or that of an earlier sign-in, gets one with any answer. Throws what tRPC answers with.
 */
export async function createRequestContext(request: Request, answerHeaders: Headers): Promise<ApiContext> {
  const ctx = await createApiContext(request.headers, answerHeaders).catch((problem) => {
    const refusal = problem instanceof Refusal ? problem : databaseRefusal(problem, { path: request.url });
    throw refusal ? refusalError(refusal) : problem;
  });
  const { actor } = ctx;
  if (actor.kind !== "user" || actor.signInId === null) return ctx;
  const cookie = csrfCookieFor(request.headers, actor.signInId);
  if (cookie) answerHeaders.append("set-cookie", cookie);
  if (request.method !== "POST" || csrfTokenHolds(request.headers, actor.signInId)) return ctx;
  if (cookie) answerHeaders.set(CSRF_RENEWED_HEADER, "1");
  throw refusalError(
    new Refusal("forbidden", {
      say: "This page cannot show that it belongs to your sign-in. Load it anew and try again.",
    }),
  );
}

/** `Retry-After` when one of the errors says how long to wait; the longest. */
export function retryAfter(errors: readonly TRPCError[]): Record<string, string> {
  const waits = errors.map(({ cause }) => (cause instanceof Refusal ? (cause.retryAfterSeconds ?? 0) : 0));
  const longest = Math.max(0, ...waits);
  return longest > 0 ? { "retry-after": String(longest) } : {};
}
