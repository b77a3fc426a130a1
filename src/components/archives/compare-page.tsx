"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";
import { CompareFolder } from "./compare-folder";
import { comparedEnds } from "./compared-ends";
import { GrownFolders } from "./grown-folders";
import { OtherArchive } from "./other-archive";
import { useFolderPath } from "./use-folder";

/** What differs between an archive and another of its plan, the one before it unless another is chosen; folder by folder. */
export function ComparePage({ id }: { id: string }) {
  const trpc = useTRPC();
  const [withId, setWithId] = useQueryState("with", parseAsString.withOptions({ history: "push" }));
  const { path, open } = useFolderPath();
  const archive = useQuery(trpc.archives.get.queryOptions({ id }));
  const mayRestore = useMay("restore", archive.data?.clientId);
  const comparable = useQuery(trpc.archives.comparable.queryOptions({ id }));
  if (archive.isPending || comparable.isPending) return <SkeletonRows />;
  if (!archive.data) return <ErrorState error={archive.error} retry={() => void archive.refetch()} />;
  if (!comparable.data)
    return <ErrorState error={comparable.error} retry={() => void comparable.refetch()} />;
  const { older, newer, known } = comparable.data;
  const { otherId, other, ends } = comparedEnds(id, comparable.data, withId);
  const { name, observedAt } = archive.data;
  const times =
    other && (ends?.after === id ? [other.observedAt, observedAt] : [observedAt, other.observedAt]);
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Archives", href: "/archives" },
          { label: name, href: `/archives/${id}` },
        ]}
        title="Compare"
        state={
          times ? (
            <>
              What changed on {archive.data.clientName} from <RelativeTime at={times[0] ?? null} /> to{" "}
              <RelativeTime at={times[1] ?? null} />.
            </>
          ) : (
            `What changed on ${archive.data.clientName} between two archives of a plan.`
          )
        }
      />
      {!known ? (
        <Notice tone="info" title="The catalog does not hold this archive yet">
          It is filled by itself after the backup was audited. Then this page compares it with any other of
          its plan; until then,{" "}
          <TextLink inline href={`/archives/${id}`}>
            its files
          </TextLink>{" "}
          can be looked at as before.
        </Notice>
      ) : otherId === null ? (
        <EmptyState title="There is no other archive of this plan to compare with.">
          As soon as the next backup was audited, what changed stands here.
        </EmptyState>
      ) : (
        <>
          <OtherArchive
            older={older}
            newer={newer}
            chosen={other ? otherId : null}
            choose={(next) => void setWithId(next)}
          />
          {ends ? (
            <>
              <CompareFolder {...{ ends, mayRestore, path, open }} repositoryId={archive.data.repositoryId} />
              {path === "" ? <GrownFolders ends={ends} open={open} /> : null}
            </>
          ) : (
            <Notice tone="warn" title="These two cannot be compared">
              The other archive is gone, is of another plan, or is not in the catalog yet. Choose one of the
              list.
            </Notice>
          )}
        </>
      )}
    </>
  );
}
