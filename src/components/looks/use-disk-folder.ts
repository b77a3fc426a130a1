"use client";

import { useQuery } from "@tanstack/react-query";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import { wirePath } from "./disk-path";

/** Milliseconds that what was seen of a folder is shown again without asking the machine. */
const FRESH_MS = 60_000;

/** One folder of a machine's live disk. Every reading is journaled, so none is done unasked: not on focus, not a second time on failure. */
export function useDiskFolder(clientId: string, path: string, enabled = true) {
  const trpc = useTRPC();
  return useQuery(
    trpc.looks.browse.queryOptions(
      { clientId, path: wirePath(path) },
      {
        ...{ enabled, staleTime: FRESH_MS, retry: false, refetchOnWindowFocus: false },
        trpc: { context: ALONE },
      },
    ),
  );
}
