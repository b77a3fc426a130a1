import { Section } from "~/components/ui/section";
import { HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { JobRow } from "../system/api";
import { JobRowCells } from "../system/job-row-cells";

/** The last jobs that ended. */
export function RecentJobs({ jobs }: { jobs: readonly JobRow[] }) {
  return (
    <Section title="Lately" action={<TextLink href="/jobs">All jobs</TextLink>}>
      {jobs.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">No job has ended yet.</p>
      ) : (
        <Table label="Jobs that ended lately">
          <TableHead>
            <HeadCell>Job</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell from="sm" number>
              Took
            </HeadCell>
            <HeadCell number>When</HeadCell>
          </TableHead>
          <TableBody>
            {jobs.map((job) => (
              <Row key={job.id}>
                <JobRowCells job={job} />
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}
