"use client";

import { useQuery } from "@tanstack/react-query";
import { RotateCcw, ShieldQuestion } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { ShortTime } from "~/components/ui/short-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { CompareFolder } from "../archives/compare-folder";
import { useFolderPath } from "../archives/use-folder";
import { restoreAddress } from "../restores/restore-address";
import type { Api } from "../system/api";
import { May } from "../system/may";
import { useMay } from "../system/use-may";
import { ChangedFiles } from "./changed-files";
import { ChangedKinds } from "./changed-kinds";
import { PastScores } from "./past-scores";
import { ResolveSuspicion } from "./resolve-suspicion";
import { SuspicionFacts } from "./suspicion-facts";
import { SuspicionMark } from "./suspicion-mark";

type Suspicion = NonNullable<Api["archives"]["suspicion"]["suspicion"]>;

/** What a suspicious backup changed, why it stands out, and what can be done: say that it was meant, or bring the clean set back. */
export function SuspiciousRunPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { path, open } = useFolderPath();
  const archive = useQuery(trpc.archives.get.queryOptions({ id }));
  const query = useQuery(trpc.archives.suspicion.queryOptions({ archiveId: id }));
  const mayRestore = useMay("restore", archive.data?.clientId);
  if (archive.isPending || query.isPending) return <SkeletonRows />;
  if (!archive.data) return <ErrorState error={archive.error} retry={() => void archive.refetch()} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const { name, clientName, clientId, repositoryId, observedAt } = archive.data;
  const { suspicion, past } = query.data;
  const before = suspicion?.before;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Archives", href: "/archives" },
          { label: name, href: `/archives/${id}` },
        ]}
        title={suspicion?.strength === "strong" ? "Suspicious run" : "What this backup changed"}
        badge={<SuspicionMark archive={archive.data} />}
        state={
          <>
            {clientName}, seen committed <RelativeTime at={observedAt} />.
            {suspicion?.holds ? " Nothing is removed from its repository until somebody decides." : ""}
          </>
        }
        actions={
          suspicion?.strength === "strong" ? (
            <>
              {mayRestore ? <RestoreCleanSet archiveId={id} /> : null}
              {suspicion.holds ? (
                <May action="delete-archives" client={clientId}>
                  <ResolveSuspicion archiveId={id} resolution="ours" />
                  <ResolveSuspicion archiveId={id} resolution="dealt-with" />
                </May>
              ) : null}
            </>
          ) : null
        }
      />
      {suspicion ? (
        <>
          <Decided suspicion={suspicion} />
          <Reasons suspicion={suspicion} />
          <div className="grid gap-6 lg:grid-cols-2">
            <Section title="Numbers" boxed>
              <SuspicionFacts suspicion={suspicion} />
            </Section>
            {past.length > 1 ? (
              <Section title="The plan's last backups" note="Files that changed or went in each." boxed>
                <PastScores past={past} />
              </Section>
            ) : null}
          </div>
          {suspicion.features.changes?.extensions.length ? (
            <Section title="By ending of the name">
              <ChangedKinds changes={suspicion.features.changes} />
            </Section>
          ) : null}
          {before && suspicion.basis === "catalog" ? (
            <>
              <CompareFolder
                ends={{ before: before.archiveId, after: id }}
                {...{ repositoryId, mayRestore, path, open }}
              />
              <ChangedFiles archiveId={id} {...{ before, repositoryId, mayRestore }} />
            </>
          ) : null}
        </>
      ) : (
        <EmptyState
          icon={ShieldQuestion}
          title="This archive has not been judged. Backups of a plan are, some minutes after they were audited."
        />
      )}
    </>
  );
}

function Reasons({ suspicion }: { suspicion: Suspicion }) {
  const { reasons, score } = suspicion;
  return (
    <Section title={`Score ${score} of 100`} boxed>
      {reasons.length === 0 ? (
        <p className="text-ink-soft">Nothing about it is unusual for its plan.</p>
      ) : (
        <ul className="grid gap-2">
          {reasons.map(({ because, points, say }) => (
            <li key={because} className="flex items-baseline gap-3">
              <span className="w-10 shrink-0 text-right text-[0.8125rem] text-ink-soft tabular-nums">
                +{points}
              </span>
              <span className="max-w-prose">{say}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Decided({ suspicion }: { suspicion: Suspicion }) {
  const { resolution, resolvedAt, resolvedByName, reason } = suspicion;
  if (!resolution) return null;
  return (
    <Notice
      tone="info"
      title={
        resolution === "ours" ? "Somebody said that this was meant" : "Somebody said that this is dealt with"
      }
    >
      {resolvedByName ?? "Somebody who is gone"}, <RelativeTime at={resolvedAt} />: {reason}
    </Notice>
  );
}

/** Opens the wizard with everything filled in; says as of when. */
function RestoreCleanSet({ archiveId }: { archiveId: string }) {
  const trpc = useTRPC();
  const { data: set } = useQuery(trpc.archives.cleanSet.queryOptions({ archiveId }));
  if (!set) return null;
  return (
    <ButtonLink variant="primary" href={restoreAddress({ archiveId, clean: true })}>
      <RotateCcw aria-hidden />
      Restore the clean set as of <ShortTime at={set.lastClean.observedAt} />
    </ButtonLink>
  );
}
