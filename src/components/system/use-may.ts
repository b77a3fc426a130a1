"use client";

import { useQuery } from "@tanstack/react-query";
import { listsAction } from "~/domain/may-list";
import type { Action } from "~/domain/permission";
import { useTRPC } from "~/trpc/react";

/**
 * Whether the signed-in person may do `action` with this client; without one: with any. The server decides again; this only spares a
 * button that would be refused.
 */
export function useMay(action: Action, clientId?: string): boolean {
  const may = useMayList();
  return may !== undefined && listsAction(may, action, clientId);
}

/** The same for what is about no single client: people, settings, journal. */
export function useMayAdminister(): boolean {
  return useMayList()?.administer ?? false;
}

/** For a list that asks of many clients. */
export function useMayOf(action: Action): (clientId: string) => boolean {
  const may = useMayList();
  return (clientId) => may !== undefined && listsAction(may, action, clientId);
}

/** For things that say themselves what they need; without a need they are everybody's. */
export function useMayNeed(): (thing: { needs?: Action | "administer" }) => boolean {
  const may = useMayList();
  return ({ needs }) => {
    if (needs === undefined) return true;
    if (may === undefined) return false;
    return needs === "administer" ? may.administer : listsAction(may, needs);
  };
}

function useMayList() {
  const trpc = useTRPC();
  return useQuery(trpc.me.get.queryOptions()).data?.may;
}
