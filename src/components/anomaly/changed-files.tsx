"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { FileCheck } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { Bytes } from "~/components/ui/bytes";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { LoadMore } from "~/components/ui/load-more";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { fileAddress } from "../archives/addresses";
import { FileActions } from "../archives/file-actions";
import { NameText } from "../archives/name-text";

const CHANGES = { added: "came", removed: "went", changed: "changed" } as const;

/** Every file that the backup found other than the one before, with its last version before: to look at, download or restore. */
export function ChangedFiles({
  archiveId,
  before,
  repositoryId,
  mayRestore,
}: {
  archiveId: string;
  before: { archiveId: string; name: string };
  repositoryId: string;
  mayRestore: boolean;
}) {
  const trpc = useTRPC();
  const list = useInfiniteQuery(
    trpc.archives.changedFiles.infiniteQueryOptions(
      { archiveId },
      { ...PAGED, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const files = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title="File by file"
      note={`The last clean version of each file is in ${before.name}. Files that came have none.`}
    >
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState title="The files cannot be listed" error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && files.length === 0 ? (
        <EmptyState icon={FileCheck} title="No single file differs from the backup before." />
      ) : null}
      {files.length > 0 ? (
        <>
          <Table label="Files that differ">
            <TableHead>
              <HeadCell className="w-full">File</HeadCell>
              <HeadCell>What happened</HeadCell>
              <HeadCell from="sm" number>
                Before
              </HeadCell>
              <HeadCell from="sm" number>
                After
              </HeadCell>
              <HeadCell from="lg">Last clean version written</HeadCell>
              {mayRestore ? (
                <HeadCell>
                  <span className="sr-only">Actions</span>
                </HeadCell>
              ) : null}
            </TableHead>
            <TableBody>
              {files.map((file) => (
                <Row key={file.path}>
                  <Cell className="w-full max-w-0">
                    <TextLink
                      row
                      href={fileAddress({ repositoryId, path: file.path })}
                      className="wrap-anywhere font-mono text-[0.8125rem]"
                    >
                      /<NameText path={file.path} />
                    </TextLink>
                  </Cell>
                  <Cell>{CHANGES[file.change]}</Cell>
                  <Cell from="sm" number>
                    <Bytes value={file.bytesBefore} />
                  </Cell>
                  <Cell from="sm" number>
                    <Bytes value={file.bytesAfter} />
                  </Cell>
                  <Cell from="lg" className="whitespace-nowrap">
                    {file.modifiedBefore ? <RelativeTime at={new Date(file.modifiedBefore)} /> : "–"}
                  </Cell>
                  {mayRestore ? (
                    <Cell>
                      {file.change === "added" ? null : (
                        <FileActions
                          archiveId={before.archiveId}
                          {...{ repositoryId, path: file.path, type: file.type, bytes: file.bytesBefore }}
                        />
                      )}
                    </Cell>
                  ) : null}
                </Row>
              ))}
            </TableBody>
          </Table>
          <LoadMore
            shown={files.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="files"
          />
        </>
      ) : null}
    </Section>
  );
}
