import { FIRST_PLAN, FIRST_RESTORE } from "~/components/overview/first-run-queries";
import { LAST_DRILLS } from "~/components/overview/last-drills-query";
import { NothingYet } from "~/components/overview/nothing-yet";
import { OverviewPage } from "~/components/overview/overview-page";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "./who-may";

export default async function Page() {
  if (!listsAction(await whoMay(), "view")) {
    return (
      <>
        <PageHeader title="Overview" />
        <NothingYet />
      </>
    );
  }
  prefetch(trpc.overview.get.queryOptions());
  prefetch(trpc.schedules.load.queryOptions());
  prefetch(trpc.reports.certificates.queryOptions(LAST_DRILLS));
  prefetch(trpc.plans.list.queryOptions(FIRST_PLAN));
  prefetch(trpc.jobs.list.queryOptions(FIRST_RESTORE));
  return (
    <HydrateClient>
      <OverviewPage />
    </HydrateClient>
  );
}
