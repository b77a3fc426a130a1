import Link from "next/link";
import { Bytes } from "~/components/ui/bytes";
import { Elapsed } from "~/components/ui/elapsed";
import { Progress } from "~/components/ui/progress";
import { Section } from "~/components/ui/section";
import { formatCount } from "~/domain/quantity";
import type { Overview } from "../system/api";
import { jobTitle } from "../system/job-title";
import { progressPercent } from "../system/progress-percent";

/** What is being done at this moment, moving as it moves. */
export function RunningNow({ jobs }: { jobs: Overview["running"] }) {
  return (
    <Section title="Running now">
      {jobs.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">Nothing runs now.</p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {jobs.map((job) => (
            <li key={job.id} className="border-b last:border-b-0">
              <Link
                prefetch={false}
                href={`/jobs/${job.id}`}
                className="grid gap-1.5 px-4 py-2.5 hover:bg-hover"
              >
                <span className="flex justify-between gap-4">
                  <span className="truncate font-medium">{jobTitle(job)}</span>
                  <span className="shrink-0 text-ink-soft">
                    <Elapsed since={job.startedAt ?? job.createdAt} />
                  </span>
                </span>
                <Progress label={jobTitle(job)} value={progressPercent(job.progress)} />
                <span className="flex gap-3 text-[0.8125rem] text-ink-soft">
                  {job.progress ? (
                    <>
                      <span>{formatCount(job.progress.files)} files</span>
                      <Bytes value={job.progress.originalBytes} />
                    </>
                  ) : (
                    <span>{job.state === "running" ? "starting" : "handed out"}</span>
                  )}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
