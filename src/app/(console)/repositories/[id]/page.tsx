import type { Metadata } from "next";
import { RepositoryPage } from "~/components/repositories/repository-page";
import { PAGED } from "~/components/system/paged";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";
import { whoMay } from "../../who-may";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  const repository = await orNotFound(
    getQueryClient().fetchQuery(trpc.repositories.get.queryOptions({ id })),
  );
  return { title: `${repository.name} of ${repository.clientName}` };
}

export default async function Page({ params }: Props) {
  const { id } = await params;
  prefetch(trpc.archives.list.queryOptions({ repositoryId: id, limit: 20 }));
  if ((await whoMay()).administer) prefetch(trpc.system.status.queryOptions());
  prefetch(trpc.vault.get.queryOptions({ repositoryId: id }));
  void getQueryClient().prefetchInfiniteQuery(
    trpc.vault.sessions.infiniteQueryOptions({ repositoryId: id, limit: 10 }, PAGED),
  );
  await orNotFound(getQueryClient().fetchQuery(trpc.repositories.get.queryOptions({ id })));
  return (
    <HydrateClient>
      <RepositoryPage id={id} />
    </HydrateClient>
  );
}
