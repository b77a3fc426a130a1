"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { isEnded } from "~/domain/job";
import { actionOfJob } from "~/domain/job-permission";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";
import type { JobDetail } from "./job-detail";
import { adviceFor } from "./problem-advice";
import { isResumable, ResumeRestore } from "./resume-restore";

/** Cancel while it is active, try again after it did not end well: for whoever may start such work with this client. */
export function JobActions({ job }: { job: JobDetail }) {
  const may = useMay(actionOfJob(job.kind), job.clientId);
  if (!may) return null;
  if (!isEnded(job.state)) return <CancelJob job={job} />;
  if (job.state === "succeeded") return null;
  const resumable = isResumable(job);
  return (
    <>
      {resumable ? <ResumeRestore job={job} /> : null}
      {isDrillElsewhere(job) ? null : <RetryJob job={job} secondary={resumable} />}
    </>
  );
}

/** A part of a drill onto another machine: a new drill is asked for in its place. */
function isDrillElsewhere({ payload }: JobDetail): boolean {
  return (
    ("onto" in payload && payload.onto !== undefined) || ("drill" in payload && payload.drill !== undefined)
  );
}

function CancelJob({ job }: { job: JobDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const cancel = useMutation(
    trpc.jobs.cancel.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        void queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ id: job.id }));
      },
      onError: (error) => toast.failed("The job was not cancelled", problemOf(error).say),
    }),
  );
  const stopping = job.cancelRequestedAt !== null;
  return (
    <Dialog
      title="Cancel this job?"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="danger" disabled={stopping}>
          <Ban aria-hidden />
          {stopping ? "Stopping" : "Cancel"}
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Let it go on</Button>
          <Button variant="destroy" busy={cancel.isPending} onClick={() => cancel.mutate({ id: job.id })}>
            Cancel the job
          </Button>
        </>
      }
    >
      <p>{consequenceOf(job)}</p>
    </Dialog>
  );
}

function consequenceOf(job: JobDetail): string {
  if (job.state === "queued") return "It has not started. It is taken out of the queue.";
  if (job.kind === "backup") {
    return `borg on ${job.clientName} is asked to stop. There will be no archive of this run; what was sent already makes the next one faster. The job ends when borg has really ended and the repository's lock is free.`;
  }
  if ("database" in job.payload && job.payload.database) {
    return `${job.clientName} is asked to stop. What was loaded until then is removed. If the database is being replaced at this very moment it may be incomplete; the log then names the dump of what was there.`;
  }
  if ("drill" in job.payload && job.payload.drill) {
    return `borg on ${job.clientName} is asked to stop, and what had come is removed there. No certificate comes of this drill.`;
  }
  if (job.kind === "restore") {
    return `borg on ${job.clientName} is asked to stop. What was written until then stays, this page lists it, and Resume goes on from there.`;
  }
  return "The server stops the work as soon as it can.";
}

function RetryJob({ job, secondary }: { job: JobDetail; secondary: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const retry = useMutation(
    trpc.jobs.retry.mutationOptions({
      onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`),
      onError: (error) => toast.failed("It was not tried again", problemOf(error).say),
    }),
  );
  return (
    <Button
      variant={
        !secondary && (job.problem === null || adviceFor(job.problem.code).retry) ? "primary" : "secondary"
      }
      busy={retry.isPending}
      onClick={() => retry.mutate({ id: job.id })}
    >
      <RotateCcw aria-hidden />
      {secondary ? "Begin anew" : "Try again"}
    </Button>
  );
}
