"use client";

import { jobTitle } from "~/components/system/job-title";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { JobStateBadge } from "~/components/ui/state-badge";
import { isEnded, JOB_KINDS } from "~/domain/job";
import { standingOf } from "~/domain/job-words";
import { JobActions } from "./job-actions";
import { JobAfter } from "./job-after";
import { JobAsked } from "./job-asked";
import { JobBorg } from "./job-borg";
import type { JobDetail } from "./job-detail";
import { JobLog } from "./job-log";
import { JobOutcome } from "./job-outcome";
import { JobProblem } from "./job-problem";
import { JobProgress } from "./job-progress";
import { JobTable } from "./job-table";
import { JobTimeline } from "./job-timeline";
import { isOfStory, RestoreStory } from "./restore-story";
import { ServerProgress } from "./server-progress";
import { SilentMark } from "./silent-mark";
import { useWatchedJob } from "./use-watched-job";

/** One job as it goes: what it does, how far it is, what it says, what came of it. */
export function JobView({ id }: { id: string }) {
  const { job: query, tail, log } = useWatchedJob(id);
  if (query.isPending) return <SkeletonRows rows={8} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const job = query.data;
  const agent = JOB_KINDS[job.kind].executor === "agent";
  const by = agent ? job.clientName : "the server";
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Jobs", href: "/jobs" }]}
        title={jobTitle(job)}
        badge={<JobStateBadge state={job.state} />}
        state={
          <div className="grid gap-1" aria-live="polite">
            <span>
              {standingOf(job, { name: by, online: null })} <Since job={job} />
            </span>
            {isEnded(job.state) && job.state !== "failed" ? null : <SilentMark job={job} />}
          </div>
        }
        actions={<JobActions job={job} />}
      />
      <JobProblem job={job} />
      {isOfStory(job) ? <RestoreStory job={job} /> : null}
      {agent ? <JobProgress job={job} /> : <ServerProgress job={job} />}
      <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 content-start gap-6">
          <JobOutcome job={job} />
          <JobBorg job={job} />
          <JobLog jobId={job.id} tail={tail} state={log} />
        </div>
        <div className="grid min-w-0 content-start gap-6 sm:grid-cols-2 xl:grid-cols-1">
          <Section title="How it went" boxed>
            <JobTimeline job={job} by={by} />
            <JobAfter job={job} />
          </Section>
          <JobAsked job={job} />
        </div>
      </div>
      {isOfStory(job) ? null : <Related job={job} />}
    </>
  );
}

/** How long ago it ended, or was asked for while it waits. While it runs its numbers say it. */
function Since({ job }: { job: JobDetail }) {
  if (job.endedAt) {
    return (
      <>
        Ended <RelativeTime at={job.endedAt} />.
      </>
    );
  }
  if (job.startedAt) return null;
  return (
    <>
      Asked for <RelativeTime at={job.createdAt} />.
    </>
  );
}

function Related({ job }: { job: JobDetail }) {
  if (job.related.length === 0) return null;
  return (
    <Section title="Of the same run">
      <JobTable jobs={job.related} label="Jobs of the same run" about={false} />
    </Section>
  );
}
