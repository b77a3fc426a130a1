"use client";

import { useMutation } from "@tanstack/react-query";
import { StepForward } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { JobDetail } from "./job-detail";

/** Whether a restore can go on from where it ended: files that had begun to be written, and not to the end. */
export function isResumable({ kind, state, startedAt, payload }: JobDetail): boolean {
  if (kind !== "restore" || startedAt === null || !("target" in payload) || payload.database || payload.drill)
    return false;
  return (state === "failed" || state === "cancelled") && !("dryRun" in payload && payload.dryRun);
}

/** Goes on with a restore that ended before it was done; the job that goes on is opened. */
export function ResumeRestore({ job }: { job: JobDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const resume = useMutation(
    trpc.restores.resume.mutationOptions({
      onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`),
      onError: (error) => toast.failed("It was not resumed", problemOf(error).say),
    }),
  );
  return (
    <Button
      variant="primary"
      busy={resume.isPending}
      title="Goes on where it ended: what is whole is not read and written again"
      onClick={() => resume.mutate({ jobId: job.id })}
    >
      <StepForward aria-hidden />
      Resume
    </Button>
  );
}
