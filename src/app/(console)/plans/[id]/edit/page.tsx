import type { Metadata } from "next";
import { PlanEditor } from "~/components/plans/plan-editor";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";
import { orNotFound } from "../../../or-not-found";
import { whoMay } from "../../../who-may";

export const metadata: Metadata = { title: "Edit a plan" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const queryClient = getQueryClient();
  const [plan] = await Promise.all([
    orNotFound(queryClient.fetchQuery(trpc.plans.get.queryOptions({ id }))),
    queryClient.prefetchQuery(trpc.clients.list.queryOptions({ limit: 200 })),
  ]);
  if (!listsAction(await whoMay(), "manage-plans", plan.clientId))
    return <NotYours title="Edit" needs={`It takes the permission to manage plans of ${plan.clientName}.`} />;
  prefetch(trpc.clients.get.queryOptions({ id: plan.clientId }));
  prefetch(trpc.repositories.list.queryOptions({ clientId: plan.clientId, limit: 200 }));
  const { clientId, repositoryId, name, sources, excludes, compression, oneFileSystem, excludeCaches, keep } =
    plan;
  const { moreRepositoryIds, options, objectives, schedule } = plan;
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[
          { label: "Plans", href: "/plans" },
          { label: plan.name, href: `/plans/${id}` },
        ]}
        title="Edit"
        state="Changes count from the next run on. Archives that exist stay as they are."
      />
      <PlanEditor
        planId={id}
        openedAt={plan.updatedAt}
        start={{
          clientId,
          repositoryId,
          name,
          sources,
          excludes,
          compression,
          oneFileSystem,
          excludeCaches,
          keep,
          moreRepositoryIds,
          options,
          objectives,
          schedule: schedule?.schedule ?? null,
        }}
      />
    </HydrateClient>
  );
}
