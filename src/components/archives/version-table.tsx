import { RotateCcw } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { ButtonLink } from "~/components/ui/button-link";
import { Bytes } from "~/components/ui/bytes";
import { ExactTime } from "~/components/ui/exact-time";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { toAddress } from "~/domain/archive-path";
import { restoreAddress } from "../restores/restore-address";
import { FileActions } from "./file-actions";
import { HoldingArchives, type Version } from "./holding-archives";

const TYPES: Record<Version["type"], string> = {
  ...{ file: "file", directory: "folder", symlink: "link", hardlink: "hard link" },
  ...{ fifo: "pipe", device: "device", other: "of another kind" },
};

/** The versions of a path, newest first. */
export function VersionTable({
  versions,
  path,
  mayRestore,
}: {
  versions: readonly Version[];
  path: string;
  mayRestore: boolean;
}) {
  return (
    <Table label="Versions">
      <TableHead>
        <HeadCell className="w-full">In archives</HeadCell>
        <HeadCell from="sm">Modified</HeadCell>
        <HeadCell number>Size</HeadCell>
        <HeadCell from="lg">Owner</HeadCell>
        <HeadCell from="md">Mode</HeadCell>
        {mayRestore ? (
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        ) : null}
      </TableHead>
      <TableBody>
        {versions.map((version) => (
          <VersionRow
            key={`${version.archives[0]?.archiveId} ${version.archiveCount}`}
            version={version}
            path={path}
            mayRestore={mayRestore}
          />
        ))}
      </TableBody>
    </Table>
  );
}

function VersionRow({ version, path, mayRestore }: { version: Version; path: string; mayRestore: boolean }) {
  const newest = version.archives[0];
  return (
    <Row className="align-top">
      <Cell className="w-full py-2 align-top">
        <HoldingArchives version={version} path={path} />
        {version.linkTarget === null ? null : (
          <span className="wrap-anywhere block text-[0.8125rem] text-ink-soft">
            {version.type === "hardlink" ? "same file as " : "points to "}
            {version.linkTarget}
          </span>
        )}
        <span className="block text-[0.8125rem] text-ink-soft sm:hidden">
          modified{" "}
          <RelativeTime
            at={version.modifiedAt === null ? null : new Date(version.modifiedAt)}
            absent="at no told time"
          />
        </span>
      </Cell>
      <Cell from="sm" className="whitespace-nowrap py-2 align-top">
        <ExactTime at={version.modifiedAt === null ? null : new Date(version.modifiedAt)} />
      </Cell>
      <Cell number className="py-2 align-top">
        {version.type === "file" ? <Bytes value={version.bytes} /> : <Badge>{TYPES[version.type]}</Badge>}
      </Cell>
      <Cell from="lg" className="whitespace-nowrap py-2 align-top">
        {version.user}:{version.group}
      </Cell>
      <Cell from="md" className="whitespace-nowrap py-2 align-top">
        <code className="font-mono text-[0.8125rem]">{version.mode}</code>
      </Cell>
      {mayRestore ? (
        <Cell className="py-1.5 text-right align-top">
          {newest ? (
            <span className="flex items-center justify-end gap-1">
              <ButtonLink
                size="small"
                href={restoreAddress({ archiveId: newest.archiveId, pick: toAddress(path) })}
              >
                <RotateCcw aria-hidden />
                Restore
              </ButtonLink>
              <FileActions
                archiveId={newest.archiveId}
                path={path}
                type={version.type}
                bytes={version.bytes}
              />
            </span>
          ) : null}
        </Cell>
      ) : null}
    </Row>
  );
}
