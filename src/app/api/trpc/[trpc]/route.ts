import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import superjson from "superjson";
import { createApiContext } from "~/server/api/context";
import { type Objection, objectionTo, readWithinLimit, TOO_LARGE } from "~/server/api/guard-request";
import { appRouter } from "~/server/api/root";

export const dynamic = "force-dynamic";

async function handle(given: Request): Promise<Response> {
  const objection = objectionTo(given);
  if (objection) return refuse(objection);
  const request = await readWithinLimit(given);
  if (!request) return refuse(TOO_LARGE);
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: ({ resHeaders }) => createApiContext(request.headers, resHeaders),
    responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
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
