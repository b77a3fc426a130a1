"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { isEnded } from "~/domain/job";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import type { Api, JobRow } from "../system/api";
import type { JobSelection } from "./use-job-selection";

/** What is ticked, at the foot of the window: how many, and what can be done to them at once. Nothing while nothing is. */
export function JobTray({ jobs, selection }: { jobs: readonly JobRow[]; selection: JobSelection }) {
  const chosen = jobs.filter((job) => selection.ids.has(job.id));
  const active = chosen.filter((job) => !isEnded(job.state) && job.cancelRequestedAt === null);
  const again = chosen.filter((job) => isEnded(job.state) && job.state !== "succeeded");
  if (chosen.length === 0) return null;
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-4 z-20 flex flex-wrap items-center gap-2 rounded-md border border-line-strong bg-raised p-3"
    >
      <span aria-live="polite" className="font-medium">
        {formatCount(chosen.length)} selected
      </span>
      <Button variant="quiet" onClick={selection.clear}>
        Clear
      </Button>
      <div className="ml-auto flex flex-wrap gap-2">
        {again.length > 0 ? <RetryMany jobs={again} done={selection.clear} /> : null}
        {active.length > 0 ? <CancelMany jobs={active} done={selection.clear} /> : null}
        {active.length + again.length === 0 ? (
          <span className="text-ink-soft">They went well: there is nothing to cancel or to try again.</span>
        ) : null}
      </div>
    </section>
  );
}

function CancelMany({ jobs, done }: { jobs: readonly JobRow[]; done: () => void }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const after = useAfter("cancelled", () => {
    setOpen(false);
    done();
  });
  const cancel = useMutation(trpc.jobs.cancelMany.mutationOptions(after));
  const running = jobs.filter((job) => job.state === "running" || job.state === "assigned").length;
  return (
    <Dialog
      title={`Cancel ${countOf(jobs.length)}?`}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="danger">
          <Ban aria-hidden />
          Cancel {formatCount(jobs.length)}
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Let them go on</Button>
          <Button
            variant="destroy"
            busy={cancel.isPending}
            onClick={() => cancel.mutate({ ids: jobs.map((job) => job.id) })}
          >
            Cancel {countOf(jobs.length)}
          </Button>
        </>
      }
    >
      <p>
        {running === 0
          ? "None has started. They are taken out of the queue."
          : `${formatCount(running)} of them ${running === 1 ? "is" : "are"} under way and asked to stop: each ends when its borg has really ended and the repository's lock is free. What was stored already makes the next run faster.`}
      </p>
    </Dialog>
  );
}

function RetryMany({ jobs, done }: { jobs: readonly JobRow[]; done: () => void }) {
  const trpc = useTRPC();
  const retry = useMutation(trpc.jobs.retryMany.mutationOptions(useAfter("queued again", done)));
  return (
    <Button busy={retry.isPending} onClick={() => retry.mutate({ ids: jobs.map((job) => job.id) })}>
      <RotateCcw aria-hidden />
      Try {formatCount(jobs.length)} again
    </Button>
  );
}

/** Tells what came of it, with the reasons of those that were left alone, each reason once. */
function useAfter(what: string, done: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return {
    onSuccess: (came: Api["jobs"]["cancelMany"]) => {
      done();
      void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
      if (came.done > 0) toast.done(`${countOf(came.done)} ${what}`);
      if (came.left.length === 0) return;
      const reasons = [...new Set(came.left.map((one) => one.say))].slice(0, 5).join(" ");
      toast.failed(
        `${countOf(came.left.length)} left as ${came.left.length === 1 ? "it is" : "they are"}`,
        reasons,
      );
    },
    onError: (error: unknown) => toast.failed("Nothing was done", problemOf(error).say),
  };
}

function countOf(jobs: number): string {
  return `${formatCount(jobs)} ${jobs === 1 ? "job" : "jobs"}`;
}
