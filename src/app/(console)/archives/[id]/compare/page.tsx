import type { Metadata } from "next";
import { ComparePage } from "~/components/archives/compare-page";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { type ArchiveProps, loadArchive } from "../load-archive";

export const metadata: Metadata = { title: "Compare archives" };

export default async function Page({ params }: ArchiveProps) {
  const { id } = await loadArchive(params);
  await getQueryClient().prefetchQuery(trpc.archives.comparable.queryOptions({ id }));
  return (
    <HydrateClient>
      <ComparePage id={id} />
    </HydrateClient>
  );
}
