import "server-only";

import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { cache } from "react";
import { createApiContext } from "~/server/api/context";
import { appRouter } from "~/server/api/root";
import { makeQueryClient } from "./query-client";

/** The query client of this request. */
export const getQueryClient = cache(makeQueryClient);

/** How server components ask, without HTTP: `getQueryClient().prefetchQuery(trpc.clients.list.queryOptions({}))`. */
export const trpc = createTRPCOptionsProxy({
  ctx: cache(async () => createApiContext(await headers())),
  router: appRouter,
  queryClient: getQueryClient,
});
