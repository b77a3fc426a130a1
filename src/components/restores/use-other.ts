"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

/** The machine that a restore would write on, as it last reported. */
export interface Destination {
  id: string;
  name: string;
  online: boolean;
  /** Null: it is not enrolled, so it cannot write anything. */
  policy: { restoreFolder: string; restorePaths: readonly string[] } | null;
}

/** The machine that made the archives. */
export function homeOf({
  clientId,
  clientName,
  online,
  restoreFolder,
  restorePaths,
}: Api["restores"]["options"]): Destination {
  const policy = restoreFolder === null ? null : { restoreFolder, restorePaths };
  return { id: clientId, name: clientName, online, policy };
}

/** Another machine that was chosen. `machine` null: none is, or it has not come. */
export function useOther(id: string): { machine: Destination | null; error: unknown } {
  const trpc = useTRPC();
  const { data, error } = useQuery(
    trpc.clients.get.queryOptions({ id }, { enabled: id !== "", retry: false }),
  );
  if (!data || id === "") return { machine: null, error };
  const { name, state, policy } = data;
  return { machine: { id, name, online: state === "online", policy }, error: null };
}
