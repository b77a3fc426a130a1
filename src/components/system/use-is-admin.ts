"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "~/trpc/react";

/** Whether the signed-in person is an admin. The server decides again; this only spares a button that would be refused. */
export function useIsAdmin(): boolean {
  const trpc = useTRPC();
  return useQuery(trpc.me.get.queryOptions()).data?.role === "admin";
}
