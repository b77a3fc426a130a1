"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useState } from "react";
import { isEnded } from "~/domain/job";
import { extendTail, type TailLine } from "~/domain/log-tail";
import { useTRPC } from "~/trpc/react";

/** `reading`: lines may be there that have not come yet; `following`: the job runs; `over`: all that there will be has come. */
export type LogState = "reading" | "following" | "over";

/**
 * One job and the end of its log, kept true by one subscription. The subscription ends with the job; one that broke is opened again
 * by tRPC and starts with the last lines, which the tail takes once.
 */
export function useWatchedJob(id: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [tail, setTail] = useState<readonly TailLine[]>([]);
  const job = useQuery(trpc.jobs.get.queryOptions({ id }));
  const subscription = useSubscription(
    trpc.jobs.watch.subscriptionOptions(
      { id },
      {
        onData: (event) => {
          if (event.type === "job") queryClient.setQueryData(trpc.jobs.get.queryKey({ id }), event.job);
          else setTail((known) => extendTail(known, event.lines));
        },
      },
    ),
  );
  const { status, reset } = subscription;
  const ended = job.data !== undefined && isEnded(job.data.state);
  // The server ends a watch with its job, and also when it stops: then the job goes on and is watched again.
  const broken = status === "error" || (status === "idle" && job.data !== undefined && !ended);
  useEffect(() => {
    if (!broken) return;
    const timer = setTimeout(reset, 5000);
    return () => clearTimeout(timer);
  }, [broken, reset]);
  // A watch of an ended job ends by itself, and only then is an empty log known to be empty.
  const log: LogState =
    status === "pending" ? (ended ? "reading" : "following") : status === "idle" ? "over" : "reading";
  return { job, tail, log };
}
