import type { Metadata } from "next";
import { JobList } from "~/components/jobs/job-list";
import { jobListInput } from "~/components/jobs/job-list-input";
import { PAGED } from "~/components/system/paged";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Jobs" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  const input = jobListInput(await searchParams);
  await getQueryClient().prefetchInfiniteQuery(trpc.jobs.list.infiniteQueryOptions(input, PAGED));
  return (
    <HydrateClient>
      <PageHeader title="Jobs" state="What runs now, and what has been done." />
      <JobList />
    </HydrateClient>
  );
}
