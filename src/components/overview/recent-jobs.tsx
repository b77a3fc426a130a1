import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import type { JobRow } from "../system/api";
import { JobTable } from "../system/job-table";

/** The last jobs that ended. */
export function RecentJobs({ jobs }: { jobs: readonly JobRow[] }) {
  return (
    <Section title="Lately" action={<TextLink href="/jobs">All jobs</TextLink>}>
      {jobs.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">No job has ended yet.</p>
      ) : (
        <JobTable jobs={jobs} label="Jobs that ended lately" />
      )}
    </Section>
  );
}
