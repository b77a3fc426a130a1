import type { Metadata } from "next";
import { PlanEditor } from "~/components/plans/plan-editor";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { EMPTY_PLAN } from "~/domain/plan-draft";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Make a plan" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const may = await whoMay();
  if (!listsAction(may, "manage-plans"))
    return <NotYours title="Make a plan" needs="It takes the permission to manage plans of a machine." />;
  const { client, repository, template } = await searchParams;
  const queryClient = getQueryClient();
  const clients = await queryClient.fetchQuery(trpc.clients.list.queryOptions({ limit: 200 }));
  const own = clients.items.filter(({ id }) => listsAction(may, "manage-plans", id));
  const [only] = own;
  const chosen = own.find((item) => item.id === client) ?? (own.length === 1 ? only : undefined);
  await queryClient.prefetchQuery(trpc.planProfiles.list.queryOptions({ kind: "template" }));
  if (chosen) {
    await queryClient.prefetchQuery(trpc.repositories.list.queryOptions({ clientId: chosen.id, limit: 200 }));
  }
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[{ label: "Plans", href: "/plans" }]}
        title="Make a plan"
        state="Says what is backed up and where to. You can change all of it later."
      />
      <PlanEditor
        planId={null}
        template={typeof template === "string" ? template : null}
        start={{
          ...EMPTY_PLAN,
          clientId: chosen?.id ?? "",
          repositoryId: typeof repository === "string" ? repository : "",
        }}
      />
    </HydrateClient>
  );
}
