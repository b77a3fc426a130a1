import type { Metadata } from "next";
import { ComparePage } from "~/components/archives/compare-page";
import { comparedEnds } from "~/components/archives/compared-ends";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { type ArchiveProps, folderOfAddress, loadArchive } from "../load-archive";

export const metadata: Metadata = { title: "Compare archives" };

export default async function Page({ params, searchParams }: ArchiveProps) {
  const [{ id }, { at, with: withId }] = await Promise.all([loadArchive(params), searchParams]);
  const queryClient = getQueryClient();
  const comparable = await queryClient.fetchQuery(trpc.archives.comparable.queryOptions({ id }));
  const { ends } = comparedEnds(id, comparable, typeof withId === "string" ? withId : null);
  if (ends) {
    const compared = { ...ends, path: folderOfAddress(at) };
    await queryClient.prefetchQuery(trpc.archives.compare.queryOptions(compared));
  }
  return (
    <HydrateClient>
      <ComparePage id={id} />
    </HydrateClient>
  );
}
