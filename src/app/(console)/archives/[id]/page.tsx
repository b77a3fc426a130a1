import type { Metadata } from "next";
import { ArchiveView } from "~/components/archives/archive-view";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadArchive(params)).name };
}

export default async function Page({ params }: Props) {
  const archive = await loadArchive(params);
  await getQueryClient().prefetchQuery(trpc.restores.databases.queryOptions({ archiveId: archive.id }));
  return (
    <HydrateClient>
      <ArchiveView id={archive.id} />
    </HydrateClient>
  );
}

async function loadArchive(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.archives.get.queryOptions({ id })));
}
