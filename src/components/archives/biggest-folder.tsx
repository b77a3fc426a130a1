"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { useMemo } from "react";
import { cn } from "~/components/ui/class-names";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { parentOf } from "~/domain/archive-path";
import { formatBytes } from "~/domain/quantity";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import { folderAddress } from "./addresses";
import { BiggestList } from "./biggest-list";
import { biggestInput } from "./browse-input";
import { FolderCrumbs } from "./folder-crumbs";
import { Treemap } from "./treemap";
import { useBackspace } from "./use-backspace";

/** One folder by what takes the room in it. */
export function BiggestFolder({
  archiveId,
  repositoryId,
  path,
  open,
}: {
  archiveId: string;
  repositoryId: string;
  path: string;
  open: (path: string) => void;
}) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.archives.browse.queryOptions(biggestInput({ archiveId, path }), {
      ...{ staleTime: Number.POSITIVE_INFINITY, retry: false, placeholderData: keepPreviousData },
      trpc: { context: ALONE, abortOnUnmount: true },
    }),
  );
  const whole = useQuery(
    trpc.archives.measure.queryOptions(
      { id: archiveId, paths: [path] },
      { staleTime: Number.POSITIVE_INFINITY, placeholderData: keepPreviousData },
    ),
  );
  const entries = useMemo(
    () => [...(query.data?.entries ?? [])].filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
    [query.data],
  );
  const weighed = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const total = Math.max(whole.data?.bytes ?? 0, weighed);
  useBackspace(() => {
    if (path !== "") open(parentOf(path));
  });
  return (
    <Section
      title={total > 0 ? `${formatBytes(total)} in all` : "Sizes"}
      action={<TextLink href={folderAddress({ archiveId, path })}>Show as files</TextLink>}
    >
      <div
        className={cn(
          "grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        <FolderCrumbs path={path} open={open} />
        {query.isPending ? <SkeletonRows /> : null}
        {query.isError ? (
          <ErrorState
            title="This folder could not be read"
            error={query.error}
            retry={() => void query.refetch()}
          />
        ) : null}
        {query.data?.source === "borg" ? (
          <Notice tone="info" title="The catalog does not hold this archive yet">
            Sizes of folders are not known before it does. It is filled by itself after the backup was
            audited.
          </Notice>
        ) : query.data && entries.length === 0 ? (
          <EmptyState icon={FolderOpen} title="Nothing in this folder takes room." />
        ) : null}
        {query.data?.source === "catalog" && entries.length > 0 ? (
          <>
            <Treemap folder={path} entries={entries} total={total} repositoryId={repositoryId} open={open} />
            <BiggestList
              key={path}
              folder={path}
              entries={entries}
              total={total}
              repositoryId={repositoryId}
              open={open}
            />
          </>
        ) : null}
      </div>
    </Section>
  );
}
