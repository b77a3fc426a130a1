"use client";

import { useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { Progress } from "~/components/ui/progress";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { isEnded } from "~/domain/job";
import { useTRPC } from "~/trpc/react";
import { DryRunReport } from "./restore-report";

/** Lists what would be written before anything is: a job of its own that writes nothing, with its result in this very step. */
export function DryRun({
  jobId,
  error,
  busy,
  run,
}: {
  /** Empty: nobody has asked for one. */
  jobId: string;
  error: unknown;
  busy: boolean;
  run: () => void;
}) {
  return (
    <section aria-label="Dry run" className="grid gap-3 rounded-md border bg-panel p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
          <h2 className="font-medium">See first what would be written</h2>
          <p className="text-[0.8125rem] text-ink-soft">
            A dry run reads the archive and the place, and writes nothing.
          </p>
        </div>
        <Button onClick={run} busy={busy}>
          <ListChecks aria-hidden />
          {jobId === "" ? "List it" : "List it again"}
        </Button>
      </div>
      {error ? <ErrorState title="The dry run was not started" error={error} /> : null}
      {jobId === "" ? null : <DryRunOf jobId={jobId} />}
    </section>
  );
}

function DryRunOf({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const { data: job, error, refetch } = useQuery(trpc.jobs.get.queryOptions({ id: jobId }, { retry: false }));
  if (!job) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <SkeletonRows rows={2} />;
  }
  const opened = (
    <TextLink inline href={`/jobs/${jobId}`}>
      its page
    </TextLink>
  );
  if (!isEnded(job.state)) {
    return (
      <div role="status" className="grid gap-2">
        <p className="text-ink-soft">
          {job.state === "running" ? "The machine is looking." : "It waits for the machine."} It may take a
          while for a large archive; {opened} has its log.
        </p>
        <Progress label="Dry run" value={null} />
      </div>
    );
  }
  if (job.result?.kind !== "restore") {
    return (
      <p role="alert" className="text-fail">
        {job.problem?.say ?? "The dry run did not end well."} {opened}
      </p>
    );
  }
  return <DryRunReport result={job.result} />;
}
