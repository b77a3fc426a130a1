import { RelativeTime } from "~/components/ui/relative-time";
import { JobStateBadge } from "~/components/ui/state-badge";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { listWords } from "~/domain/plan-words";
import { ObjectiveBadge } from "../alerts/alert-badges";
import { NextRun } from "../schedules/next-run";
import type { PlanRow } from "../system/api";
import { BackUpNow } from "./back-up-now";

/** Plans with what they read, where it goes, and how the last run ended. */
export function PlanTable({ plans }: { plans: readonly PlanRow[] }) {
  return (
    <Table label="Plans">
      <TableHead>
        <HeadCell>Plan</HeadCell>
        <HeadCell from="md">Client</HeadCell>
        <HeadCell from="lg">Directories</HeadCell>
        <HeadCell from="xl">Repository</HeadCell>
        <HeadCell>Promise</HeadCell>
        <HeadCell from="sm">Last run</HeadCell>
        <HeadCell from="sm">Last archive</HeadCell>
        <HeadCell from="md">Next run</HeadCell>
        <HeadCell from="sm">
          <span className="sr-only">Actions</span>
        </HeadCell>
      </TableHead>
      <TableBody>
        {plans.map((plan) => (
          <Row key={plan.id}>
            <Cell className="min-w-32">
              <TextLink row href={`/plans/${plan.id}`}>
                {plan.name}
              </TextLink>
              <span className="block text-[0.8125rem] text-ink-soft md:hidden">{plan.clientName}</span>
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              <TextLink href={`/clients/${plan.clientId}`} className="text-ink">
                {plan.clientName}
              </TextLink>
            </Cell>
            <Cell from="lg" className="w-full max-w-0">
              <span className="block truncate" title={plan.sources.join("\n")}>
                {listWords(plan.sources)}
              </span>
            </Cell>
            <Cell from="xl" className="whitespace-nowrap">
              <TextLink href={`/repositories/${plan.repositoryId}`} className="text-ink">
                {plan.repositoryName}
              </TextLink>
            </Cell>
            <Cell className="whitespace-nowrap">
              <ObjectiveBadge objective={plan.objective} />
            </Cell>
            <Cell from="sm" className="whitespace-nowrap">
              <LastRun plan={plan} />
            </Cell>
            <Cell from="sm" className="whitespace-nowrap">
              <RelativeTime at={plan.lastArchiveAt} absent="none yet" />
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              <NextRun plan={plan} />
            </Cell>
            <Cell from="sm" number>
              <BackUpNow plan={plan} size="small" />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function LastRun({ plan }: { plan: PlanRow }) {
  if (plan.activeJobId) {
    return (
      <TextLink href={`/jobs/${plan.activeJobId}`}>
        <JobStateBadge state="running" />
      </TextLink>
    );
  }
  if (!plan.lastRun) return <span className="text-ink-soft">never</span>;
  return (
    <TextLink href={`/jobs/${plan.lastRun.jobId}`}>
      <JobStateBadge state={plan.lastRun.state} />
    </TextLink>
  );
}
