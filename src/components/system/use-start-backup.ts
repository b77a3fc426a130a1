"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** Back up now: starts the plan and opens its job. A backup that is running already is opened instead. */
export function useStartBackup() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.plans.run.mutationOptions({
      onSuccess: (started) => {
        void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
        router.push(`/jobs/${started.jobId}`);
      },
      onError: (error) => toast.failed("The backup was not started", problemOf(error).say),
    }),
  );
}
