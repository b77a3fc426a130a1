import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { RelativeTime } from "~/components/ui/relative-time";
import { RepositoryStateBadge } from "~/components/ui/state-badge";
import { Cell, Row } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { RepositoryRow } from "../system/api";
import { QuotaBar } from "./quota-bar";

/** One repository of the list. */
export function RepositoryTableRow({ repository }: { repository: RepositoryRow }) {
  return (
    <Row>
      <Cell className="max-w-40 sm:max-w-64">
        <TextLink row href={`/repositories/${repository.id}`} className="block truncate">
          {repository.name}
        </TextLink>
        {repository.problem ? (
          <span className="block truncate text-[0.8125rem] text-fail">{repository.problem}</span>
        ) : null}
      </Cell>
      <Cell>
        <RepositoryStateBadge state={repository.state} held={repository.heldAt !== null} />
      </Cell>
      <Cell className="max-w-40 truncate">
        <TextLink href={`/clients/${repository.clientId}`}>{repository.clientName}</TextLink>
      </Cell>
      <Cell number>
        <Bytes value={repository.sizeBytes} />
      </Cell>
      <Cell from="md" className="w-48">
        <QuotaBar sizeBytes={repository.sizeBytes} quotaBytes={repository.quotaBytes} />
      </Cell>
      <Cell number from="sm">
        <Count value={repository.archiveCount} />
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={repository.lastArchiveAt} />
      </Cell>
    </Row>
  );
}
