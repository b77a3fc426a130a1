import { Badge } from "~/components/ui/badge";
import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { parentOf } from "~/domain/archive-path";
import type { Api } from "../system/api";
import { useMayOf } from "../system/use-may";
import { fileAddress, folderAddress, shownAddress } from "./addresses";
import { EntryIcon } from "./entry-cells";
import { ENTRY_ICONS } from "./entry-icons";
import { FileActions } from "./file-actions";
import { NameText } from "./name-text";

type Found = Api["archives"]["find"]["items"][number];

/** Files that were found, each once, in its newest version that fits. */
export function FileResultTable({ found }: { found: readonly Found[] }) {
  const mayRestore = useMayOf("restore");
  return (
    <Table label="Files that were found">
      <TableHead>
        <HeadCell className="w-full">Name</HeadCell>
        <HeadCell from="md">Client</HeadCell>
        <HeadCell number>Size</HeadCell>
        <HeadCell from="lg">Modified</HeadCell>
        <HeadCell from="sm" number>
          Versions
        </HeadCell>
        <HeadCell from="md" title="The newest archive that holds it">
          In
        </HeadCell>
        <HeadCell className="w-10">
          <span className="sr-only">Actions</span>
        </HeadCell>
      </TableHead>
      <TableBody>
        {found.map((file) => (
          <FoundRow
            key={`${file.repositoryId} ${file.archive.archiveId} ${file.path}`}
            file={file}
            mayRestore={mayRestore(file.clientId)}
          />
        ))}
      </TableBody>
    </Table>
  );
}

function FoundRow({ file, mayRestore }: { file: Found; mayRestore: boolean }) {
  const { path, archive, repositoryId } = file;
  const isFolder = file.type === "directory";
  const { archiveId } = archive;
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <span className="flex min-w-0 items-center gap-2">
          <EntryIcon icon={ENTRY_ICONS[file.type]} isFolder={isFolder} />
          <TextLink
            row
            className="truncate"
            href={isFolder ? folderAddress({ archiveId, path }) : fileAddress({ repositoryId, path })}
          >
            <NameText path={file.name} />
            {isFolder ? <span className="sr-only">, folder</span> : null}
          </TextLink>
          {file.deleted ? <Badge tone="warn">deleted</Badge> : null}
        </span>
        <span className="block truncate pl-6 text-[0.8125rem] text-ink-soft">
          <span className="md:hidden">{file.clientName}: </span>/<NameText path={parentOf(path)} />
        </span>
      </Cell>
      <Cell from="md" className="whitespace-nowrap">
        {file.clientName}
      </Cell>
      <Cell number>
        {file.type === "file" ? <Bytes value={file.bytes} /> : <span className="text-ink-soft">-</span>}
      </Cell>
      <Cell from="lg" className="whitespace-nowrap">
        <RelativeTime at={file.modifiedAt === null ? null : new Date(file.modifiedAt)} absent="not told" />
      </Cell>
      <Cell from="sm" number>
        <Count value={file.versions} />
      </Cell>
      <Cell from="md" className="whitespace-nowrap">
        <TextLink
          href={isFolder ? folderAddress({ archiveId, path }) : shownAddress({ archiveId, path })}
          title={archive.name}
        >
          <RelativeTime at={archive.observedAt} />
        </TextLink>
      </Cell>
      <Cell className="w-10 py-0 pl-0">
        {mayRestore ? (
          <FileActions {...{ archiveId, repositoryId, path }} type={file.type} bytes={file.bytes} />
        ) : null}
      </Cell>
    </Row>
  );
}
