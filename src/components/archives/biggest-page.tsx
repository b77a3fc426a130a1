"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { BiggestFolder } from "./biggest-folder";
import { LargestFiles } from "./largest-files";
import { useFolderPath } from "./use-folder";

/** What takes the room in an archive: a folder as a map of blocks and as a list, both to be walked into, and the largest files anywhere. */
export function BiggestPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { path, open } = useFolderPath();
  const archive = useQuery(trpc.archives.get.queryOptions({ id }));
  if (archive.isPending) return <SkeletonRows />;
  if (!archive.data) return <ErrorState error={archive.error} retry={() => void archive.refetch()} />;
  const { name, clientName, observedAt, repositoryId } = archive.data;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Archives", href: "/archives" },
          { label: name, href: `/archives/${id}` },
        ]}
        title="What is biggest"
        state={
          <>
            On {clientName}, as it was backed up <RelativeTime at={observedAt} />.
          </>
        }
      />
      <BiggestFolder archiveId={id} repositoryId={repositoryId} path={path} open={open} />
      {path === "" ? <LargestFiles archiveId={id} repositoryId={repositoryId} /> : null}
    </>
  );
}
