import type { Metadata } from "next";
import { ArchiveView } from "~/components/archives/archive-view";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { type ArchiveProps, loadArchive } from "./load-archive";

export async function generateMetadata({ params }: ArchiveProps): Promise<Metadata> {
  return { title: (await loadArchive(params)).name };
}

export default async function Page({ params }: ArchiveProps) {
  const archive = await loadArchive(params);
  await getQueryClient().prefetchQuery(trpc.restores.databases.queryOptions({ archiveId: archive.id }));
  return (
    <HydrateClient>
      <ArchiveView id={archive.id} />
    </HydrateClient>
  );
}
