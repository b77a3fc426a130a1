import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { ErrorState } from "~/components/ui/error-state";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { ProtectedMark } from "../archives/protected-mark";
import type { ArchiveRow } from "./api";

/** A few archives with their numbers. Undefined: still loading, or failed with `error`. */
export function ArchiveShortTable({
  archives,
  error,
  retry,
}: {
  archives: readonly ArchiveRow[] | undefined;
  error: unknown;
  retry: () => void;
}) {
  if (!archives) return error ? <ErrorState error={error} retry={retry} /> : <SkeletonRows rows={5} />;
  if (archives.length === 0) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">
        No archive yet. The first backup makes one.
      </p>
    );
  }
  return (
    <Table label="Archives">
      <TableHead>
        <HeadCell>Archive</HeadCell>
        <HeadCell number from="md">
          Files
        </HeadCell>
        <HeadCell number from="sm">
          Original
        </HeadCell>
        <HeadCell number>New data</HeadCell>
        <HeadCell number>Seen</HeadCell>
      </TableHead>
      <TableBody>
        {archives.map((archive) => (
          <Row key={archive.id}>
            <Cell className="max-w-0">
              <span className="flex items-center gap-1.5">
                <TextLink row href={`/archives/${archive.id}`} className="block truncate">
                  {archive.name}
                </TextLink>
                <ProtectedMark archive={archive} />
              </span>
            </Cell>
            <Cell number from="md" className="w-px">
              <Count value={archive.fileCount} />
            </Cell>
            <Cell number from="sm" className="w-px">
              <Bytes value={archive.originalBytes} />
            </Cell>
            <Cell number className="w-px">
              <Bytes value={archive.deduplicatedBytes} />
            </Cell>
            <Cell number className="w-px">
              <RelativeTime at={archive.observedAt} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
