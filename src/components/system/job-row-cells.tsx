import { Elapsed } from "~/components/ui/elapsed";
import { RelativeTime } from "~/components/ui/relative-time";
import { JobStateBadge } from "~/components/ui/state-badge";
import { Cell } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { JobRow } from "./api";
import { JOB_KIND_NAMES, jobTitle } from "./job-title";

/** A job in a short table: what, state, how long, when. `ownClient`: the table is one client's, so its name is left out. */
export function JobRowCells({ job, ownClient = false }: { job: JobRow; ownClient?: boolean }) {
  const title = ownClient
    ? [JOB_KIND_NAMES[job.kind], job.planName].filter(Boolean).join(" · ")
    : jobTitle(job);
  return (
    <>
      <Cell className="max-w-0">
        <TextLink row href={`/jobs/${job.id}`} className="block break-words sm:truncate">
          {title}
        </TextLink>
        {job.problem ? (
          <p className="hidden truncate text-[0.8125rem] text-ink-soft sm:block">{job.problem.say}</p>
        ) : null}
      </Cell>
      <Cell className="w-px whitespace-nowrap">
        <JobStateBadge state={job.state} />
      </Cell>
      <Cell from="sm" number className="w-px">
        {job.startedAt ? (
          <Elapsed since={job.startedAt} until={job.endedAt} />
        ) : (
          <span className="text-ink-soft">-</span>
        )}
      </Cell>
      <Cell number className="w-px">
        <RelativeTime at={job.endedAt ?? job.startedAt ?? job.createdAt} />
      </Cell>
    </>
  );
}
