import { RotateCcw } from "lucide-react";
import type { Metadata } from "next";
import { RestoreWizard } from "~/components/restores/restore-wizard";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../or-not-found";

export const metadata: Metadata = { title: "Restore" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const { archive } = await searchParams;
  if (typeof archive !== "string") return <NoArchiveChosen />;
  const queryClient = getQueryClient();
  await Promise.all([
    orNotFound(queryClient.fetchQuery(trpc.archives.get.queryOptions({ id: archive }))),
    queryClient.prefetchQuery(trpc.restores.options.queryOptions({ archiveId: archive })),
    queryClient.prefetchQuery(trpc.restores.databases.queryOptions({ archiveId: archive })),
  ]);
  return (
    <HydrateClient>
      <RestoreWizard archiveId={archive} />
    </HydrateClient>
  );
}

function NoArchiveChosen() {
  return (
    <>
      <PageHeader title="Restore" state="Bring files back from a backup." />
      <EmptyState
        icon={RotateCcw}
        title="Choose an archive first."
        action={
          <ButtonLink href="/archives" variant="primary">
            Show the archives
          </ButtonLink>
        }
        line="npx bbs restore --help"
      >
        Open the backup that has the files as you want them, select them, and press Restore selection.
      </EmptyState>
    </>
  );
}
