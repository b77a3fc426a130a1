import type { Metadata } from "next";
import { ClientPage } from "~/components/clients/client-page";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  const client = await orNotFound(getQueryClient().fetchQuery(trpc.clients.get.queryOptions({ id })));
  return { title: client.name };
}

export default async function Page({ params }: Props) {
  const { id } = await params;
  const queryClient = getQueryClient();
  prefetch(trpc.clients.checklist.queryOptions({ id }));
  prefetch(trpc.plans.list.queryOptions({ clientId: id }));
  await queryClient.prefetchQuery(trpc.reports.restoreTime.queryOptions({ clientId: id }));
  prefetch(trpc.repositories.list.queryOptions({ clientId: id }));
  prefetch(trpc.jobs.list.queryOptions({ clientId: id, limit: 10 }));
  prefetch(trpc.archives.list.queryOptions({ clientId: id, limit: 10 }));
  await orNotFound(queryClient.fetchQuery(trpc.clients.get.queryOptions({ id })));
  return (
    <HydrateClient>
      <ClientPage id={id} />
    </HydrateClient>
  );
}
