import { Bytes } from "~/components/ui/bytes";
import { RelativeTime } from "~/components/ui/relative-time";
import { ClientStateBadge, JobStateBadge } from "~/components/ui/state-badge";
import { Cell, Row } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { ObjectiveBadge } from "../alerts/alert-badges";
import { NextRun } from "../schedules/next-run";
import type { ClientRow } from "../system/api";
import { BorgVersion } from "../system/borg-version";
import { ClientTags } from "./client-tags";

/** One client of the list. */
export function ClientTableRow({ client }: { client: ClientRow }) {
  return (
    <Row>
      <Cell className="max-w-32 sm:max-w-56">
        <TextLink row href={`/clients/${client.id}`} title={client.name} className="block truncate">
          {client.name}
        </TextLink>
        {client.hostname && client.hostname !== client.name ? (
          <span className="block truncate text-[0.8125rem] text-ink-soft">{client.hostname}</span>
        ) : null}
      </Cell>
      <Cell>
        <ClientStateBadge state={client.state} />
      </Cell>
      <Cell className="whitespace-nowrap">
        <ObjectiveBadge objective={client.objective} />
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={client.lastArchiveAt} />
      </Cell>
      <Cell from="sm">
        {client.lastBackup ? (
          <JobStateBadge state={client.lastBackup.state} />
        ) : (
          <span className="text-ink-soft">never</span>
        )}
      </Cell>
      <Cell from="lg" className="whitespace-nowrap">
        <NextRun plan={client} />
      </Cell>
      <Cell from="xl" className="whitespace-nowrap">
        {client.objective ? (
          <RelativeTime at={client.objective.restoreProvenAt} absent="never" />
        ) : (
          <span className="text-ink-soft">-</span>
        )}
      </Cell>
      <Cell from="md" number>
        <Bytes value={client.sizeBytes} />
      </Cell>
      <Cell from="xl" className="max-w-48">
        <ClientTags tags={client.tags} />
      </Cell>
      <Cell from="2xl" className="max-w-56 truncate" title={client.os ?? undefined}>
        {client.os ?? <span className="text-ink-soft">-</span>}
      </Cell>
      <Cell from="2xl">
        <BorgVersion version={client.borgVersion} known={client.os !== null} />
      </Cell>
      <Cell from="2xl">{client.agentVersion ?? <span className="text-ink-soft">-</span>}</Cell>
    </Row>
  );
}
