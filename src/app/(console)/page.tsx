import { FIRST_PLAN, FIRST_RESTORE } from "~/components/overview/first-run-queries";
import { OverviewPage } from "~/components/overview/overview-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export default function Page() {
  prefetch(trpc.overview.get.queryOptions());
  prefetch(trpc.plans.list.queryOptions(FIRST_PLAN));
  prefetch(trpc.jobs.list.queryOptions(FIRST_RESTORE));
  return (
    <HydrateClient>
      <OverviewPage />
    </HydrateClient>
  );
}
