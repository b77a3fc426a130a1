"use client";

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import type { AppRouter } from "~/server/api/root";
import { fetchWithCsrf } from "./csrf-header";
import { makeQueryClient } from "./query-client";

/** How the browser asks: `useTRPC()` gives typed query, mutation and subscription options for TanStack Query. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

let browserQueryClient: QueryClient | undefined;

/** A client for each server render; in the browser one, also when React throws a first render away. */
function queryClientHere(): QueryClient {
  if (typeof window === "undefined") return makeQueryClient();
  browserQueryClient ??= makeQueryClient();
  return browserQueryClient;
}

/** Stands once around all pages. Subscriptions are server-sent events, everything else is batched. */
export function TRPCReactProvider({ children }: { children: ReactNode }) {
  const queryClient = queryClientHere();
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (operation) => operation.type === "subscription",
          true: httpSubscriptionLink({ url: address(), transformer: superjson }),
          // Under the 2,000 characters that every proxy takes, and as many calls as the server takes; longer batches are split.
          false: splitLink({
            condition: (operation) => operation.context.alone === true,
            true: httpLink({ url: address(), transformer: superjson, fetch: fetchWithCsrf }),
            false: httpBatchLink({
              url: address(),
              transformer: superjson,
              fetch: fetchWithCsrf,
              maxURLLength: 2000,
              maxItems: 20,
            }),
          }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

/** Server renders ask nothing through HTTP; pages prefetch with ~/trpc/server. */
function address(): string {
  return typeof window === "undefined" ? "http://localhost/api/trpc" : `${window.location.origin}/api/trpc`;
}
