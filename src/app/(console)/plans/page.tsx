import type { Metadata } from "next";
import { PlanList } from "~/components/plans/plan-list";
import { planListInput } from "~/components/plans/plan-list-input";
import { May } from "~/components/system/may";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Plans" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const queryClient = getQueryClient();
  const input = planListInput(await searchParams);
  await Promise.all([
    queryClient.prefetchQuery(trpc.clients.list.queryOptions({ limit: 200 })),
    queryClient.prefetchInfiniteQuery(trpc.plans.list.infiniteQueryOptions(input, PAGED)),
  ]);
  return (
    <HydrateClient>
      <PageHeader
        title="Plans"
        state="What is backed up, from which machine, to which repository."
        actions={
          <May action="manage-plans">
            <ButtonLink href="/plans/new" variant="primary">
              Make a plan
            </ButtonLink>
            <ButtonLink href="/plans/profiles">Templates and profiles</ButtonLink>
          </May>
        }
      />
      <PlanList />
    </HydrateClient>
  );
}
