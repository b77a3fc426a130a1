import type { Metadata } from "next";
import { clientFilter } from "~/components/clients/client-filter";
import { ClientsPage } from "~/components/clients/clients-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Clients" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  prefetch(trpc.clients.list.infiniteQueryOptions(clientFilter(await searchParams)));
  return (
    <HydrateClient>
      <ClientsPage />
    </HydrateClient>
  );
}
