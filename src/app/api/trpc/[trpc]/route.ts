import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import superjson from "superjson";
import { createApiContext } from "~/server/api/context";
import { objectionTo } from "~/server/api/guard-request";
import { appRouter } from "~/server/api/root";

export const dynamic = "force-dynamic";

async function handle(request: Request): Promise<Response> {
  const objection = objectionTo(request);
  if (objection) {
    const { status, code, say } = objection;
    const error = superjson.serialize({ message: say, code: -32600, data: { refusal: { code, say } } });
    return Response.json({ error }, { status });
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: () => createApiContext(request.headers),
    responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
  });
}

export { handle as GET, handle as POST };
