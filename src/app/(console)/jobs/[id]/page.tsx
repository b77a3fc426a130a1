import type { Metadata } from "next";
import { JobView } from "~/components/jobs/job-view";
import { jobTitle } from "~/components/system/job-title";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: jobTitle(await loadJob(params)) };
}

export default async function Page({ params }: Props) {
  const job = await loadJob(params);
  return (
    <HydrateClient>
      <JobView id={job.id} />
    </HydrateClient>
  );
}

async function loadJob(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.jobs.get.queryOptions({ id })));
}
