import type { Metadata } from "next";
import { ArchiveView } from "~/components/archives/archive-view";
import { browseInput } from "~/components/archives/browse-input";
import { FOLDER_ORDERS } from "~/domain/folder-order";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { type ArchiveProps, folderOfAddress, isInCatalog, loadArchive } from "./load-archive";

export async function generateMetadata({ params }: ArchiveProps): Promise<Metadata> {
  return { title: (await loadArchive(params)).name };
}

export default async function Page({ params, searchParams }: ArchiveProps) {
  const [{ id }, { at, by, reversed }] = await Promise.all([loadArchive(params), searchParams]);
  const queryClient = getQueryClient();
  const shown = browseInput({
    ...{ archiveId: id, path: folderOfAddress(at), reversed: reversed === "true" },
    by: FOLDER_ORDERS.find((order) => order === by) ?? "name",
  });
  await Promise.all([
    queryClient.prefetchQuery(trpc.restores.databases.queryOptions({ archiveId: id })),
    (await isInCatalog(id)) ? queryClient.prefetchQuery(trpc.archives.browse.queryOptions(shown)) : null,
  ]);
  return (
    <HydrateClient>
      <ArchiveView id={id} />
    </HydrateClient>
  );
}
