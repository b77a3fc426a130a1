import type { Metadata } from "next";
import { RepositoriesPage } from "~/components/repositories/repositories-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Repositories" };

export default function Page() {
  prefetch(trpc.repositories.list.infiniteQueryOptions({}));
  return (
    <HydrateClient>
      <RepositoriesPage />
    </HydrateClient>
  );
}
