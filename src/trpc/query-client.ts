import { defaultShouldDehydrateQuery, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";

/** Milliseconds for which what the server rendered is not asked for again; live changes invalidate sooner. */
const FRESH_MS = 30_000;

/** A query client with our serialisation; one per request on the server, one per tab in the browser. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: retryUnlessRefused },
      dehydrate: {
        serializeData: superjson.serialize,
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === "pending",
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
}

/** A refusal stays one however often it is asked; anything else may be a server that restarts. */
function retryUnlessRefused(failures: number, error: unknown): boolean {
  const data = error instanceof Error && "data" in error ? error.data : null;
  const refused = typeof data === "object" && data !== null && "refusal" in data && data.refusal !== null;
  return !refused && failures < 3;
}
