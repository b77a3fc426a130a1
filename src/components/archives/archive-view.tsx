"use client";

import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { SuspicionNotice } from "../anomaly/suspicion-notice";
import { DrillArchiveNow } from "../reports/drill-now";
import { restoreAddress } from "../restores/restore-address";
import { May } from "../system/may";
import { useMay } from "../system/use-may";
import { ArchiveActions } from "./archive-actions";
import { ArchiveDatabases } from "./archive-databases";
import { ArchiveFacts } from "./archive-facts";
import { ArchiveStanding } from "./archive-standing";
import { ArchiveTree } from "./archive-tree";
import { SelectionTray } from "./selection-tray";
import { TrashEnd } from "./trash-end";
import { useSelection } from "./use-selection";

/** One archive: its numbers, its files, and the way back for any of them. */
export function ArchiveView({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.archives.get.queryOptions({ id }));
  const { selection, pick, toggle, select } = useSelection(id);
  // Before the archive has come nothing of it is drawn, so any client's permission does.
  const mayRestore = useMay("restore", query.data?.clientId);
  if (query.isPending) return <SkeletonRows rows={8} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const archive = query.data;
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Archives", href: "/archives" }]}
        title={archive.name}
        badge={<ArchiveStanding archive={archive} />}
        state={
          <>
            {archive.planName ? `${archive.planName} of ` : ""}
            {archive.clientName}, seen committed <RelativeTime at={archive.observedAt} />.
            {mayRestore ? " Select files below to bring them back." : ""}
          </>
        }
        actions={
          <>
            {mayRestore ? (
              <ButtonLink
                variant={selection.length === 0 ? "primary" : "secondary"}
                href={restoreAddress({ archiveId: id, all: true })}
              >
                <RotateCcw aria-hidden />
                Restore everything
              </ButtonLink>
            ) : null}
            <DrillArchiveNow archive={archive} />
            <May action="delete-archives" client={archive.clientId}>
              <ArchiveActions archive={archive} />
            </May>
          </>
        }
      />
      {archive.trashedAt ? <InTrash archive={archive} /> : null}
      <SuspicionNotice archive={archive} />
      <ArchiveFacts archive={archive} />
      <ArchiveDatabases archiveId={id} mayRestore={mayRestore} />
      <ArchiveTree
        archiveId={id}
        repositoryId={archive.repositoryId}
        mayRestore={mayRestore}
        selection={selection}
        toggle={toggle}
      />
      {mayRestore ? (
        <SelectionTray
          archiveId={id}
          selection={selection}
          restoreHref={restoreAddress({ archiveId: id, pick })}
          toggle={toggle}
          clear={() => select([])}
        />
      ) : null}
    </>
  );
}

function InTrash({ archive }: { archive: { trashedAt: Date | null; trashEndsAt: Date | null } }) {
  return (
    <Notice tone="warn" title="This archive is in the trash">
      Removed <RelativeTime at={archive.trashedAt} />. It can be restored from as before, and can be brought
      back <TrashEnd at={archive.trashEndsAt} />.
    </Notice>
  );
}
