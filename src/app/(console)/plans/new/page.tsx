import type { Metadata } from "next";
import { PlanEditor } from "~/components/plans/plan-editor";
import { PageHeader } from "~/components/ui/page-header";
import { EMPTY_PLAN } from "~/domain/plan-draft";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Make a plan" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const { client, repository } = await searchParams;
  const queryClient = getQueryClient();
  const clients = await queryClient.fetchQuery(trpc.clients.list.queryOptions({ limit: 200 }));
  const [only] = clients.items;
  const chosen =
    clients.items.find((item) => item.id === client) ?? (clients.items.length === 1 ? only : undefined);
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
        start={{
          ...EMPTY_PLAN,
          clientId: chosen?.id ?? "",
          repositoryId: typeof repository === "string" ? repository : "",
        }}
      />
    </HydrateClient>
  );
}
