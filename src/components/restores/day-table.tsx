import { ProtectedMark } from "~/components/archives/protected-mark";
import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { ShortTime } from "~/components/ui/short-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { ArchiveRow } from "../system/api";
import { restoreAddress } from "./restore-address";

/** Archives by when they were made, each the way into the wizard. */
export function DayTable({ archives }: { archives: readonly ArchiveRow[] }) {
  if (archives.length === 0) {
    return <p className="rounded-md border bg-panel p-4 text-ink-soft">This machine has no archive yet.</p>;
  }
  return (
    <Table label="Archives to restore from">
      <TableHead>
        <HeadCell className="w-full">Made</HeadCell>
        <HeadCell from="md">Plan</HeadCell>
        <HeadCell number from="sm">
          Files
        </HeadCell>
        <HeadCell number>Size</HeadCell>
      </TableHead>
      <TableBody>
        {archives.map((archive) => (
          <Row key={archive.id}>
            <Cell className="w-full">
              <span className="flex flex-wrap items-center gap-x-2">
                <TextLink row href={restoreAddress({ archiveId: archive.id })} title={archive.name}>
                  <ShortTime at={archive.observedAt} />
                </TextLink>
                <span className="wrap-anywhere text-ink-soft">{archive.clientName}</span>
                <ProtectedMark archive={archive} />
              </span>
              <span className="wrap-anywhere text-[0.8125rem] text-ink-soft md:hidden">
                {archive.planName ?? "not of a plan"}
              </span>
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              {archive.planName ?? "not of a plan"}
            </Cell>
            <Cell number from="sm">
              <Count value={archive.fileCount} />
            </Cell>
            <Cell number>
              <Bytes value={archive.originalBytes} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
