import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Duration } from "~/components/ui/duration";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { SuspicionMark } from "../anomaly/suspicion-mark";
import type { ArchiveRow } from "../system/api";
import { ProtectedMark } from "./protected-mark";

/** Archives with their numbers. */
export function ArchiveTable({ archives }: { archives: readonly ArchiveRow[] }) {
  return (
    <Table label="Archives">
      <TableHead>
        <HeadCell>Archive</HeadCell>
        <HeadCell from="md">Client</HeadCell>
        <HeadCell from="xl">Repository</HeadCell>
        <HeadCell title="When the server saw it committed">Seen</HeadCell>
        <HeadCell from="lg" number>
          Files
        </HeadCell>
        <HeadCell from="sm" number title="What the files take on the machine">
          Original
        </HeadCell>
        <HeadCell from="lg" number>
          Compressed
        </HeadCell>
        <HeadCell number title="What this archive added to the repository">
          New data
        </HeadCell>
        <HeadCell from="xl" number>
          Took
        </HeadCell>
      </TableHead>
      <TableBody>
        {archives.map((archive) => (
          <Row key={archive.id}>
            <Cell className="w-full max-w-0">
              <span className="flex items-center gap-1.5">
                <TextLink
                  row
                  href={`/archives/${archive.id}`}
                  className="block truncate"
                  title={archive.name}
                >
                  {archive.name}
                </TextLink>
                <ProtectedMark archive={archive} />
                <SuspicionMark archive={archive} />
              </span>
              <span className="block truncate text-[0.8125rem] text-ink-soft">
                <span className="md:hidden">{archive.clientName} · </span>
                {archive.planName ?? "not of a plan"}
              </span>
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              <TextLink href={`/clients/${archive.clientId}`} className="text-ink">
                {archive.clientName}
              </TextLink>
            </Cell>
            <Cell from="xl" className="whitespace-nowrap">
              <TextLink href={`/repositories/${archive.repositoryId}`} className="text-ink">
                {archive.repositoryName}
              </TextLink>
            </Cell>
            <Cell className="whitespace-nowrap">
              <RelativeTime at={archive.observedAt} />
            </Cell>
            <Cell from="lg" number>
              <Count value={archive.fileCount} />
            </Cell>
            <Cell from="sm" number>
              <Bytes value={archive.originalBytes} />
            </Cell>
            <Cell from="lg" number>
              <Bytes value={archive.compressedBytes} />
            </Cell>
            <Cell number>
              <Bytes value={archive.deduplicatedBytes} />
            </Cell>
            <Cell from="xl" number>
              <Duration seconds={archive.durationSeconds} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
