"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { restoreAddress } from "../restores/restore-address";
import type { Api } from "../system/api";
import { ArchiveFacts } from "./archive-facts";
import { FolderWalker } from "./folder-walker";
import { SelectionTray } from "./selection-tray";
import { useSelection } from "./use-selection";

/** One archive: its numbers, its files, and the way back for any of them. */
export function ArchiveView({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.archives.get.queryOptions({ id }));
  const { selection, pick, toggle, select } = useSelection(id);
  if (query.isPending) return <SkeletonRows rows={8} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const archive = query.data;
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Archives", href: "/archives" }]}
        title={archive.name}
        state={
          <>
            {archive.planName ? `${archive.planName} of ` : ""}
            {archive.clientName}, seen committed <RelativeTime at={archive.observedAt} />. Select files below
            to bring them back.
          </>
        }
        actions={
          <>
            <ButtonLink
              variant={selection.length === 0 ? "primary" : "secondary"}
              href={restoreAddress({ archiveId: id, all: true })}
            >
              <RotateCcw aria-hidden />
              Restore everything
            </ButtonLink>
            <RemoveArchive archive={archive} />
          </>
        }
      />
      <ArchiveFacts archive={archive} />
      <FolderWalker archiveId={id} selection={selection} toggle={toggle} />
      <SelectionTray
        selection={selection}
        restoreHref={restoreAddress({ archiveId: id, pick })}
        toggle={toggle}
        clear={() => select([])}
      />
    </>
  );
}

function RemoveArchive({ archive }: { archive: Api["archives"]["get"] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const remove = useMutation(
    trpc.archives.remove.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button variant="danger">
          <Trash2 aria-hidden />
          Remove
        </Button>
      }
      title="Remove this archive?"
      name={archive.name}
      lost="Every file as it was at this backup. It cannot be brought back afterwards."
      kept="All other archives of the repository, with every file they hold."
      action="Remove the archive"
      confirm={(typedName) => remove.mutateAsync({ id: archive.id, typedName })}
    />
  );
}
