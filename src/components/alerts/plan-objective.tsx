"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { ObjectiveBadge } from "./alert-badges";

/** How a plan stands to what it promises, repository by repository. */
export function PlanObjective({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.plans.objective.queryOptions({ id }));
  return (
    <Section
      title="Promise"
      note="Judged by archives that an audit found clean, never by what the machine says. Without an RPO of its own a plan is overdue by its calendar."
    >
      {error && !data ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {!error && !data ? <SkeletonRows rows={1} /> : null}
      {data ? (
        <Table label="Promise by repository">
          <TableHead>
            <HeadCell>State</HeadCell>
            <HeadCell>Repository</HeadCell>
            <HeadCell from="md">Why</HeadCell>
            <HeadCell from="sm">Newest audited archive</HeadCell>
            <HeadCell from="lg">Next one due</HeadCell>
            <HeadCell from="lg">Proven by a restore</HeadCell>
          </TableHead>
          <TableBody>
            {data.repositories.map((one) => (
              <Row key={one.repositoryId}>
                <Cell className="w-px whitespace-nowrap">
                  <ObjectiveBadge objective={one} />
                </Cell>
                <Cell>
                  <TextLink href={`/repositories/${one.repositoryId}`} className="text-ink">
                    {one.repositoryName}
                  </TextLink>
                  <span className="block text-[0.8125rem] text-ink-soft md:hidden">{one.say}</span>
                </Cell>
                <Cell from="md">{one.say}</Cell>
                <Cell from="sm" className="whitespace-nowrap">
                  <RelativeTime at={one.lastArchiveAt} absent="none yet" />
                </Cell>
                <Cell from="lg" className="whitespace-nowrap">
                  <RelativeTime at={one.dueBy} absent="not promised" />
                </Cell>
                <Cell from="lg" className="whitespace-nowrap">
                  <RelativeTime at={one.restoreProvenAt} absent="never" />
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      ) : null}
    </Section>
  );
}
