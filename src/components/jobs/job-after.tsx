import { JOB_KIND_NAMES } from "~/components/system/job-title";
import { ExactTime } from "~/components/ui/exact-time";
import { JobStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";
import { formatDuration } from "~/domain/quantity";
import { MOST_TRIES } from "~/domain/retry-policy";
import type { JobDetail } from "./job-detail";

/** What belongs to a job beside its own states: what followed it in its run, which try it is, and until when it may run. */
export function JobAfter({ job }: { job: JobDetail }) {
  const followed = job.related.filter(
    (other) =>
      other.createdAt >= job.createdAt && other.id !== job.triedAgainAs?.id && other.kind !== job.kind,
  );
  const facts = factsOf(job);
  if (followed.length === 0 && facts.length === 0 && !job.triedAgainAs && !job.retryOf) return null;
  return (
    <div className="mt-4 grid gap-3 border-t pt-4">
      {followed.length > 0 ? (
        <div className="grid gap-1.5">
          <h3 className="text-[0.8125rem] text-ink-soft">What followed</h3>
          <ul className="grid gap-1.5">
            {followed.slice(0, 6).map((other) => (
              <li key={other.id} className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
                <JobStateBadge state={other.state} />
                <TextLink inline href={`/jobs/${other.id}`}>
                  {JOB_KIND_NAMES[other.kind]}
                </TextLink>
                {other.endedAt ? (
                  <span className="text-[0.8125rem] text-ink-soft">
                    <ExactTime at={other.endedAt} />
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <Tries job={job} />
      {facts.map((fact) => (
        <p key={fact} className="text-[0.8125rem] text-ink-soft">
          {fact}
        </p>
      ))}
    </div>
  );
}

function Tries({ job }: { job: JobDetail }) {
  const which = job.tries > 0 ? `Try ${job.tries} of ${MOST_TRIES} by itself, after ` : "Another try of ";
  return (
    <>
      {job.retryOf ? (
        <p>
          {which}
          <TextLink inline href={`/jobs/${job.retryOf}`}>
            an earlier job
          </TextLink>
          .
        </p>
      ) : null}
      {job.triedAgainAs ? (
        <p className="flex flex-wrap items-center gap-2">
          <TextLink inline href={`/jobs/${job.triedAgainAs.id}`}>
            Tried again
          </TextLink>
          <JobStateBadge state={job.triedAgainAs.state} />
        </p>
      ) : null}
    </>
  );
}

function factsOf(job: JobDetail): string[] {
  return job.limitSeconds === null ? [] : [`It is stopped after ${formatDuration(job.limitSeconds)}.`];
}
