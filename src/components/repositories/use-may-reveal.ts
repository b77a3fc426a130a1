"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "~/trpc/react";

/** Whether the person may read secrets somewhere. The server decides again, for this very client; this only spares a button. */
export function useMayReveal(): boolean {
  const trpc = useTRPC();
  return useQuery(trpc.tokens.scopes.queryOptions()).data?.includes("reveal-secrets") === true;
}
