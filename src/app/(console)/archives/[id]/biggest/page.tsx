import type { Metadata } from "next";
import { BiggestPage } from "~/components/archives/biggest-page";
import { biggestInput } from "~/components/archives/browse-input";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { type ArchiveProps, folderOfAddress, isInCatalog, loadArchive } from "../load-archive";

export const metadata: Metadata = { title: "What is biggest" };

export default async function Page({ params, searchParams }: ArchiveProps) {
  const [{ id }, { at }] = await Promise.all([loadArchive(params), searchParams]);
  const path = folderOfAddress(at);
  const queryClient = getQueryClient();
  if (await isInCatalog(id)) {
    await Promise.all([
      queryClient.prefetchQuery(trpc.archives.browse.queryOptions(biggestInput({ archiveId: id, path }))),
      queryClient.prefetchQuery(trpc.archives.measure.queryOptions({ id, paths: [path] })),
    ]);
  }
  return (
    <HydrateClient>
      <BiggestPage id={id} />
    </HydrateClient>
  );
}
