import type { Metadata } from "next";
import { clientFilter } from "~/components/clients/client-filter";
import { ClientsPage } from "~/components/clients/clients-page";
import { PAGED } from "~/components/system/paged";
import { HydrateClient, prefetch, prefetchPages, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Clients" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  prefetchPages(trpc.clients.list.infiniteQueryOptions(clientFilter(await searchParams), PAGED));
  prefetch(trpc.clients.tags.queryOptions());
  return (
    <HydrateClient>
      <ClientsPage />
    </HydrateClient>
  );
}
