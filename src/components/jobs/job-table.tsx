import { JOB_KIND_NAMES, jobTitle } from "~/components/system/job-title";
import { progressPercent } from "~/components/system/progress-percent";
import { Checkbox } from "~/components/ui/checkbox";
import { cn } from "~/components/ui/class-names";
import { Elapsed } from "~/components/ui/elapsed";
import { Progress } from "~/components/ui/progress";
import { RelativeTime } from "~/components/ui/relative-time";
import { JobStateBadge } from "~/components/ui/state-badge";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { isEnded } from "~/domain/job";
import { formatBytes, formatCount } from "~/domain/quantity";
import type { JobRow } from "../system/api";
import { SilentMark } from "./silent-mark";
import type { JobSelection } from "./use-job-selection";

/** Jobs as rows. `about` false leaves out client and plan, where the page is about them anyway; `into` names each one's repository. */
export function JobTable({
  jobs,
  label,
  about = true,
  into = false,
  selection,
}: {
  jobs: readonly JobRow[];
  label: string;
  about?: boolean;
  into?: boolean;
  /** With it, rows can be ticked. */
  selection?: JobSelection | undefined;
}) {
  const ticked = selection ? jobs.filter((job) => selection.ids.has(job.id)).length : 0;
  return (
    <Table label={label}>
      <TableHead>
        {selection ? (
          <HeadCell className="w-px pr-0">
            <Checkbox
              aria-label="Select all that are shown"
              checked={ticked === jobs.length}
              indeterminate={ticked > 0 && ticked < jobs.length}
              onCheckedChange={() =>
                selection.setAll(
                  jobs.map((job) => job.id),
                  ticked === 0,
                )
              }
            />
          </HeadCell>
        ) : null}
        <HeadCell>State</HeadCell>
        <HeadCell>Job</HeadCell>
        {about ? <HeadCell from="md">Client</HeadCell> : null}
        {about ? <HeadCell from="lg">Plan</HeadCell> : null}
        {into ? <HeadCell from="sm">Repository</HeadCell> : null}
        <HeadCell from="sm">Started</HeadCell>
        <HeadCell from="md" number>
          Took
        </HeadCell>
        <HeadCell from="lg" className="w-64">
          Progress
        </HeadCell>
      </TableHead>
      <TableBody>
        {jobs.map((job) => (
          <JobTableRow key={job.id} job={job} about={about} into={into} selection={selection} />
        ))}
      </TableBody>
    </Table>
  );
}

function JobTableRow({
  job,
  about,
  into,
  selection,
}: {
  job: JobRow;
  about: boolean;
  into: boolean;
  selection: JobSelection | undefined;
}) {
  return (
    <Row data-job={job.id}>
      {selection ? (
        <Cell className="w-px pr-0">
          <Checkbox
            aria-label={`Select ${jobTitle(job)}`}
            checked={selection.ids.has(job.id)}
            onCheckedChange={() => selection.toggle(job.id)}
          />
        </Cell>
      ) : null}
      <Cell className="w-px whitespace-nowrap">
        <JobStateBadge state={job.state} />
      </Cell>
      <Cell>
        <div className="grid gap-0.5">
          <TextLink row href={`/jobs/${job.id}`}>
            {JOB_KIND_NAMES[job.kind]}
          </TextLink>
          <span className={about ? "text-[0.8125rem] text-ink-soft md:hidden" : "hidden"}>
            {job.planName ? `${job.clientName} · ${job.planName}` : job.clientName}
          </span>
          {into ? (
            <span className="text-[0.8125rem] text-ink-soft sm:hidden">into {job.repositoryName}</span>
          ) : null}
          <span className="text-[0.8125rem] text-ink-soft sm:hidden">
            <RelativeTime at={job.startedAt ?? job.createdAt} />
          </span>
          <span className="text-[0.8125rem] text-ink-soft lg:hidden">
            <ProgressWords job={job} />
          </span>
          <SilentMark job={job} />
        </div>
      </Cell>
      {about ? (
        <Cell from="md">
          <TextLink href={`/clients/${job.clientId}`} className="text-ink">
            {job.clientName}
          </TextLink>
        </Cell>
      ) : null}
      {about ? (
        <Cell from="lg">
          {job.planId && job.planName ? (
            <TextLink href={`/plans/${job.planId}`} className="text-ink">
              {job.planName}
            </TextLink>
          ) : (
            <span className="text-ink-soft">-</span>
          )}
        </Cell>
      ) : null}
      {into ? (
        <Cell from="sm" className="max-w-40">
          <TextLink href={`/repositories/${job.repositoryId}`} className="block truncate text-ink">
            {job.repositoryName}
          </TextLink>
        </Cell>
      ) : null}
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={job.startedAt} absent="not started" />
      </Cell>
      <Cell from="md" number>
        {job.startedAt ? (
          <Elapsed since={job.startedAt} until={job.endedAt} />
        ) : (
          <span className="text-ink-soft">-</span>
        )}
      </Cell>
      <Cell from="lg">
        <div className="grid gap-1">
          <ProgressWords job={job} />
          {isEnded(job.state) || !job.startedAt ? null : (
            <Progress
              label={`Progress of ${JOB_KIND_NAMES[job.kind]}`}
              value={progressPercent(job.progress)}
            />
          )}
        </div>
      </Cell>
    </Row>
  );
}

function ProgressWords({ job }: { job: JobRow }) {
  if (job.problem && job.state !== "cancelled") {
    return (
      <span
        className={cn("line-clamp-2", job.state === "failed" ? "text-fail" : "text-ink-soft")}
        title={job.problem.say}
      >
        {job.problem.say}
      </span>
    );
  }
  if (!job.progress) return null;
  return (
    <span className="whitespace-nowrap">
      {formatBytes(job.progress.originalBytes)}, {formatCount(job.progress.files)}{" "}
      {job.progress.files === 1 ? "file" : "files"}
    </span>
  );
}
