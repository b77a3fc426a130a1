import type { Metadata } from "next";
import { certificateListInput } from "~/components/reports/certificate-list-input";
import { ReportsPage } from "~/components/reports/reports-page";
import { PAGED } from "~/components/system/paged";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Reports" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  prefetch(trpc.reports.key.queryOptions());
  const input = certificateListInput(await searchParams);
  await getQueryClient().prefetchInfiniteQuery(trpc.reports.certificates.infiniteQueryOptions(input, PAGED));
  return (
    <HydrateClient>
      <PageHeader title="Reports" state="What was proven about restoring, signed, to show to others." />
      <ReportsPage />
    </HydrateClient>
  );
}
