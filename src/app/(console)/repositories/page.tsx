import type { Metadata } from "next";
import { RepositoriesPage } from "~/components/repositories/repositories-page";
import { PAGED } from "~/components/system/paged";
import { HydrateClient, prefetchPages, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Repositories" };

export default function Page() {
  prefetchPages(trpc.repositories.list.infiniteQueryOptions({}, PAGED));
  return (
    <HydrateClient>
      <RepositoriesPage />
    </HydrateClient>
  );
}
