import type { Metadata } from "next";
import { SuspiciousRunPage } from "~/components/anomaly/suspicious-run-page";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { type ArchiveProps, loadArchive } from "../load-archive";

export const metadata: Metadata = { title: "Suspicious run" };

export default async function Page({ params }: ArchiveProps) {
  const { id } = await loadArchive(params);
  await getQueryClient().prefetchQuery(trpc.archives.suspicion.queryOptions({ archiveId: id }));
  return (
    <HydrateClient>
      <SuspiciousRunPage id={id} />
    </HydrateClient>
  );
}
