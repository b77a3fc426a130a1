"use client";

import { JobProblem } from "~/components/jobs/job-problem";
import { JobTimeline } from "~/components/jobs/job-timeline";
import { useWatchedJob } from "~/components/jobs/use-watched-job";
import { JOB_KIND_NAMES } from "~/components/system/job-title";
import { Elapsed } from "~/components/ui/elapsed";
import { ErrorState } from "~/components/ui/error-state";
import { Progress } from "~/components/ui/progress";
import { Skeleton } from "~/components/ui/skeleton";
import { JobStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";

/** The job that carries out a decision, as it goes: steps, the last words of its log, and why it failed if it did. */
export function DecisionJob({ jobId }: { jobId: string }) {
  const { job: query, tail } = useWatchedJob(jobId);
  if (!query.data) {
    return query.error ? (
      <ErrorState error={query.error} retry={() => void query.refetch()} />
    ) : (
      <Skeleton className="h-32 rounded-md" />
    );
  }
  const job = query.data;
  const last = tail.at(-1);
  return (
    <div className="grid gap-2">
      <div className="grid gap-3 rounded-md border bg-panel p-4" aria-live="polite">
        <div className="flex flex-wrap items-center gap-3">
          <TextLink href={`/jobs/${job.id}`} className="font-medium">
            {JOB_KIND_NAMES[job.kind]}
          </TextLink>
          <JobStateBadge state={job.state} />
          {job.startedAt ? (
            <span className="text-[0.8125rem] text-ink-soft">
              <Elapsed since={job.startedAt} until={job.endedAt} />
            </span>
          ) : null}
        </div>
        {job.state === "running" ? <Progress label={JOB_KIND_NAMES[job.kind]} value={null} /> : null}
        {last ? (
          <p className="truncate text-[0.8125rem] text-ink-soft" title={last.message}>
            {last.message}
          </p>
        ) : null}
        <JobTimeline job={job} by="the server" />
      </div>
      <JobProblem job={job} />
    </div>
  );
}
