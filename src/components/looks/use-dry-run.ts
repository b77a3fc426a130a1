"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { isEnded } from "~/domain/job";
import { useTRPC } from "~/trpc/react";

/** Milliseconds between two looks at one that runs. */
const LOOK_MS = 700;

/** A dry run by its job, as it goes and when it is done; nothing without a job. */
export function useDryRun(jobId: string | null) {
  const trpc = useTRPC();
  return useQuery(
    trpc.looks.result.queryOptions(
      { jobId: jobId ?? "" },
      {
        ...{ enabled: jobId !== null, retry: false, refetchOnWindowFocus: false },
        refetchInterval: ({ state }) => (state.data && isEnded(state.data.state) ? false : LOOK_MS),
      },
    ),
  );
}

/** Stops a dry run that nobody waits for any more. That it has ended meanwhile is no trouble. */
export function useStopDryRun() {
  const trpc = useTRPC();
  return useMutation(trpc.jobs.cancel.mutationOptions());
}
