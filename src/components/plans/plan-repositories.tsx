import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { JobStateBadge } from "~/components/ui/state-badge";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { Api } from "../system/api";

type Repository = Api["plans"]["get"]["repositories"][number];

/** Where a plan writes to, each repository with its own last result: one that fails does not hide behind one that does not. */
export function PlanRepositories({ repositories }: { repositories: readonly Repository[] }) {
  return (
    <Section title="Repositories" note="Each gets a job and an archive of its own in every run.">
      <Table label="Repositories of this plan">
        <TableHead>
          <HeadCell>Repository</HeadCell>
          <HeadCell>Last run</HeadCell>
          <HeadCell from="sm">Ended</HeadCell>
          <HeadCell from="sm">Last archive</HeadCell>
        </TableHead>
        <TableBody>
          {repositories.map((repository) => (
            <Row key={repository.id}>
              <Cell>
                <TextLink row href={`/repositories/${repository.id}`}>
                  {repository.name}
                </TextLink>
                {repository.state === "ready" ? null : (
                  <span className="block text-[0.8125rem] text-ink-soft">{STATES[repository.state]}</span>
                )}
              </Cell>
              <Cell className="whitespace-nowrap">
                <LastRun repository={repository} />
              </Cell>
              <Cell from="sm" className="whitespace-nowrap">
                <RelativeTime at={repository.lastRun?.endedAt ?? null} absent="never" />
              </Cell>
              <Cell from="sm" className="whitespace-nowrap">
                <RelativeTime at={repository.lastArchiveAt} absent="none yet" />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

const STATES = { creating: "being made", failed: "could not be made" } as const;

function LastRun({ repository }: { repository: Repository }) {
  if (repository.activeJobId)
    return (
      <TextLink href={`/jobs/${repository.activeJobId}`}>
        <JobStateBadge state="running" />
      </TextLink>
    );
  if (!repository.lastRun) return <span className="text-ink-soft">never</span>;
  return (
    <TextLink href={`/jobs/${repository.lastRun.jobId}`}>
      <JobStateBadge state={repository.lastRun.state} />
    </TextLink>
  );
}
