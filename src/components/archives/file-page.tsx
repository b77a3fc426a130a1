"use client";

import { useQuery } from "@tanstack/react-query";
import { FileClock } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { parentOf, showPath, trailOf } from "~/domain/archive-path";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";
import { NameText } from "./name-text";
import { VersionTable } from "./version-table";

/** Every version of one path in a repository: when it was so, and the way back to it. */
export function FilePage({ repositoryId, path }: { repositoryId: string; path: string }) {
  const trpc = useTRPC();
  const repository = useQuery(trpc.repositories.get.queryOptions({ id: repositoryId }));
  const timeline = useQuery(trpc.archives.timeline.queryOptions({ repositoryId, path }));
  const mayRestore = useMay("restore", timeline.data?.clientId);
  const versions = timeline.data?.versions ?? [];
  const name = trailOf(path).at(-1)?.name ?? "";
  const { clientName, name: repositoryName } = repository.data ?? {};
  const isGone = versions.length > 0 && !versions.some(({ current }) => current);
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Archives", href: "/archives" }]}
        title={showPath(name)}
        badge={isGone ? <Badge tone="warn">Not in the newest archive</Badge> : undefined}
        state={
          <>
            In{" "}
            <code className="wrap-anywhere font-mono text-[0.8125rem]">
              /<NameText path={parentOf(path)} />
            </code>
            {clientName ? ` of ${clientName}, from the archives in ${repositoryName}.` : "."}
          </>
        }
      />
      {timeline.isPending ? <SkeletonRows /> : null}
      {timeline.isError && !timeline.data ? (
        <ErrorState error={timeline.error} retry={() => void timeline.refetch()} />
      ) : null}
      {timeline.data && versions.length === 0 ? (
        <EmptyState icon={FileClock} title="The catalog knows no version of this path.">
          No archive that is left holds it, or the catalog does not hold the newest archives yet. It is filled
          by itself after a backup was audited; until then the archive itself can be browsed.
        </EmptyState>
      ) : null}
      {timeline.data?.truncated ? (
        <Notice tone="warn" title={`Only the newest ${formatCount(versions.length)} versions are shown`} />
      ) : null}
      {versions.length > 0 ? (
        <Section
          title={versions.length === 1 ? "One version" : `${formatCount(versions.length)} versions`}
          note="A version is told by type, mode, owner, size, time of modification and the target of a link. Times are those at which the server saw the archives."
        >
          <VersionTable versions={versions} path={path} mayRestore={mayRestore} />
        </Section>
      ) : null}
    </>
  );
}
