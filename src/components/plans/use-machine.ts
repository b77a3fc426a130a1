"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "~/trpc/react";

/** The machine that a plan in the form is for, as it told of itself; null: none is chosen, or it is not known yet. */
export function useMachine(clientId: string) {
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.clients.get.queryOptions({ id: clientId }), enabled: clientId !== "" });
  return data ?? null;
}
