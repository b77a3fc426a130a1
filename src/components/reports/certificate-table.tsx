import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Duration } from "~/components/ui/duration";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { Api } from "../system/api";
import { OutcomeBadge } from "./outcome-badge";

/** Restore drills by their certificates. */
export function CertificateTable({
  certificates,
}: {
  certificates: Api["reports"]["certificates"]["items"];
}) {
  return (
    <Table label="Restore drills">
      <TableHead>
        <HeadCell>Came to</HeadCell>
        <HeadCell>Client and archive</HeadCell>
        <HeadCell>Made</HeadCell>
        <HeadCell from="lg" number title="Files whose contents were compared with the machine's hashes">
          Compared
        </HeadCell>
        <HeadCell from="md" number title="What came out of the archive">
          Read
        </HeadCell>
        <HeadCell from="xl" number>
          Took
        </HeadCell>
      </TableHead>
      <TableBody>
        {certificates.map((one) => (
          <Row key={one.id}>
            <Cell className="whitespace-nowrap">
              <OutcomeBadge outcome={one.outcome} />
            </Cell>
            <Cell className="w-full max-w-0">
              <TextLink row href={`/reports/${one.id}`} className="block truncate" title={one.archiveName}>
                {one.clientName}
                {one.planName ? ` · ${one.planName}` : ""}
              </TextLink>
              <span
                className={`block truncate text-[0.8125rem] ${one.outcome === "failed" ? "text-fail" : "text-ink-soft"}`}
                title={one.say}
              >
                {one.outcome === "failed" ? one.say : one.archiveName}
                {one.ontoClientName ? `, onto ${one.ontoClientName}` : ""}
              </span>
            </Cell>
            <Cell className="whitespace-nowrap">
              <RelativeTime at={one.endedAt} />
            </Cell>
            <Cell from="lg" number>
              <Count value={one.comparedFiles} />
            </Cell>
            <Cell from="md" number>
              <Bytes value={one.restoredBytes} />
            </Cell>
            <Cell from="xl" number>
              <Duration seconds={Math.max(1, Math.round(one.milliseconds / 1000))} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
