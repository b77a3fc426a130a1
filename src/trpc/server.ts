import "server-only";

import {
  dehydrate,
  type FetchInfiniteQueryOptions,
  type FetchQueryOptions,
  HydrationBoundary,
  type QueryKey,
} from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { cache, createElement, type ReactElement, type ReactNode } from "react";
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

/** Starts a query of a page; several run side by side, and `HydrateClient` waits for them. */
export function prefetch<Data, Failure, Selected, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Selected, Key>,
): void {
  void getQueryClient().prefetchQuery(options);
}

/** The same for the first page of a paged list. */
export function prefetchPages<Data, Failure, Selected, Key extends QueryKey, Cursor>(
  options: FetchInfiniteQueryOptions<Data, Failure, Selected, Key, Cursor>,
): void {
  void getQueryClient().prefetchInfiniteQuery(options);
}

/**
 * Hands what was prefetched to the browser's query client. Stands around what reads it. Waits until every query has ended: one that
 * ends between the server's render and the browser's first one would make the two differ.
 */
export async function HydrateClient({ children }: { children?: ReactNode }): Promise<ReactElement> {
  const queryClient = getQueryClient();
  const pending = queryClient
    .getQueryCache()
    .getAll()
    .flatMap((query) => query.promise ?? []);
  await Promise.allSettled(pending);
  return createElement(HydrationBoundary, { state: dehydrate(queryClient) }, children);
}
