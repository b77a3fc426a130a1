import type { Metadata } from "next";
import { AlertList } from "~/components/alerts/alert-list";
import { alertListInput } from "~/components/alerts/alert-list-input";
import { PAGED } from "~/components/system/paged";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Alerts" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  const input = alertListInput(await searchParams);
  await getQueryClient().prefetchInfiniteQuery(trpc.alerts.list.infiniteQueryOptions(input, PAGED));
  return (
    <HydrateClient>
      <PageHeader title="Alerts" state="What is wrong now, one alert for each thing." />
      <AlertList />
    </HydrateClient>
  );
}
