import { Badge, type Tone } from "~/components/ui/badge";
import { Bytes } from "~/components/ui/bytes";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { Api } from "../system/api";

type SelfBackup = Api["selfBackups"]["list"]["backups"][number];

const STATES: Record<SelfBackup["state"], { word: string; tone: Tone }> = {
  queued: { word: "waits", tone: "idle" },
  running: { word: "under way", tone: "running" },
  succeeded: { word: "made", tone: "ok" },
  failed: { word: "failed", tone: "fail" },
};

/** Tries, the newest first, and what became of each. */
export function SelfBackupTable({ backups }: { backups: readonly SelfBackup[] }) {
  return (
    <Table label="Self-backups">
      <TableHead>
        <HeadCell>Came to</HeadCell>
        <HeadCell>File</HeadCell>
        <HeadCell>Asked</HeadCell>
        <HeadCell from="md" number>
          Size
        </HeadCell>
        <HeadCell from="lg">Locations</HeadCell>
        <HeadCell from="lg">Key</HeadCell>
      </TableHead>
      <TableBody>
        {backups.map((one) => (
          <Row key={one.id}>
            <Cell className="whitespace-nowrap">
              <Badge tone={STATES[one.state].tone}>{STATES[one.state].word}</Badge>
            </Cell>
            <Cell className="w-full max-w-0">
              <span
                className={one.problem ? "block text-fail" : "block truncate font-mono text-[0.8125rem]"}
                title={one.problem ?? one.fileName ?? undefined}
              >
                {one.problem ?? one.fileName ?? "-"}
              </span>
              {one.state === "succeeded" && !one.there ? (
                <span className="text-[0.8125rem] text-ink-soft">removed since, newer ones are kept</span>
              ) : null}
            </Cell>
            <Cell className="whitespace-nowrap">
              <RelativeTime at={one.createdAt} />
            </Cell>
            <Cell from="md" number>
              <Bytes value={one.bytes} />
            </Cell>
            <Cell from="lg">{one.locations.join(", ") || "-"}</Cell>
            <Cell from="lg" className="font-mono text-[0.8125rem]">
              {one.recoveryKeyId ?? "-"}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
