import { HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { JobRow } from "./api";
import { JobRowCells } from "./job-row-cells";

/** Some jobs, few enough for one look. `ownClient`: all of one client, whose name is left out. */
export function JobTable({
  jobs,
  label,
  ownClient = false,
}: {
  jobs: readonly JobRow[];
  label: string;
  ownClient?: boolean;
}) {
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
            <JobRowCells job={job} ownClient={ownClient} />
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
