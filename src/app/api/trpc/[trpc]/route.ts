import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import superjson from "superjson";
import { createRequestContext, retryAfter } from "~/server/api/answer-request";
import { type Objection, objectionTo, readWithinLimit } from "~/server/api/guard-request";
import { appRouter } from "~/server/api/root";

export const dynamic = "force-dynamic";

async function handle(given: Request): Promise<Response> {
  const objection = objectionTo(given);
  if (objection) return refuse(objection);
  const request = await readWithinLimit(given);
  if (!(request instanceof Request)) return refuse(request);
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: ({ resHeaders }) => createRequestContext(request, resHeaders),
    responseMeta: ({ errors }) => ({ headers: { "cache-control": "no-store", ...retryAfter(errors) } }),
  });
}

/** In the shape of a tRPC error, so that every client reads it. */
function refuse({ status, code, say }: Objection): Response {
  const data = { refusal: { code, say }, reference: null };
  return Response.json(
    { error: superjson.serialize({ message: say, code: -32600, data }) },
    { status, headers: { "cache-control": "no-store" } },
  );
}

export { handle as GET, handle as POST };
