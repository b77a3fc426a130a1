import type { Metadata } from "next";
import { archiveListInput } from "~/components/archives/archive-list-input";
import { ArchivesPage } from "~/components/archives/archives-page";
import { PAGED } from "~/components/system/paged";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Archives" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  const input = archiveListInput(await searchParams);
  await getQueryClient().prefetchInfiniteQuery(trpc.archives.list.infiniteQueryOptions(input, PAGED));
  return (
    <HydrateClient>
      <PageHeader title="Archives" state="Every backup there is, and the way to any file in it." />
      <ArchivesPage />
    </HydrateClient>
  );
}
