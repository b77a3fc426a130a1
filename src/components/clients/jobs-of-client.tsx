"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { JobRowCells } from "../system/job-row-cells";

/** What was done on and for this client, the newest first. */
export function JobsOfClient({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.jobs.list.queryOptions({ clientId, limit: 10 }));
  return (
    <Section title="Timeline" action={<TextLink href={`/jobs?clientId=${clientId}`}>All jobs</TextLink>}>
      {data && data.items.length > 0 ? (
        <Table label="Jobs of this client">
          <TableHead>
            <HeadCell>Job</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell from="sm" number>
              Took
            </HeadCell>
            <HeadCell number>When</HeadCell>
          </TableHead>
          <TableBody>
            {data.items.map((job) => (
              <Row key={job.id}>
                <JobRowCells job={job} ownClient />
              </Row>
            ))}
          </TableBody>
        </Table>
      ) : data ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">Nothing was done yet.</p>
      ) : error ? (
        <ErrorState error={error} retry={() => refetch()} />
      ) : (
        <SkeletonRows rows={5} />
      )}
    </Section>
  );
}
