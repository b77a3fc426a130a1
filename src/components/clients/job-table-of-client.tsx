import { HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { JobRow } from "../system/api";
import { JobRowCells } from "../system/job-row-cells";

/** Some jobs of one client, whose name is left out. */
export function JobTableOfClient({ jobs, label }: { jobs: readonly JobRow[]; label: string }) {
  return (
    <Table label={label}>
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
            <JobRowCells job={job} ownClient />
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
