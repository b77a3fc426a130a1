import type { Metadata } from "next";
import { JobList } from "~/components/jobs/job-list";
import { isForBrowser, jobListInput } from "~/components/jobs/job-list-input";
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
  const filters = await searchParams;
  if (!isForBrowser(filters)) {
    const options = trpc.jobs.list.infiniteQueryOptions(jobListInput(filters), PAGED);
    await getQueryClient().prefetchInfiniteQuery(options);
  }
  return (
    <HydrateClient>
      <PageHeader title="Jobs" state="What runs now, and what has been done." />
      <JobList />
    </HydrateClient>
  );
}
