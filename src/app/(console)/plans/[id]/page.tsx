import type { Metadata } from "next";
import { PlanView } from "~/components/plans/plan-view";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadPlan(params)).name };
}

export default async function Page({ params }: Props) {
  const plan = await loadPlan(params);
  prefetch(trpc.jobs.list.queryOptions({ planId: plan.id, kinds: ["backup"], limit: 8 }));
  return (
    <HydrateClient>
      <PlanView id={plan.id} />
    </HydrateClient>
  );
}

async function loadPlan(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.plans.get.queryOptions({ id })));
}
