import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { FilePage } from "~/components/archives/file-page";
import { fromAddress } from "~/domain/archive-path";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

export const metadata: Metadata = { title: "Versions of a file" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const { repository, path: address } = await searchParams;
  const path = typeof address === "string" ? fromAddress(address) : null;
  if (typeof repository !== "string" || !path) notFound();
  const queryClient = getQueryClient();
  await Promise.all([
    orNotFound(queryClient.fetchQuery(trpc.repositories.get.queryOptions({ id: repository }))),
    queryClient.prefetchQuery(trpc.archives.timeline.queryOptions({ repositoryId: repository, path })),
  ]);
  return (
    <HydrateClient>
      <FilePage repositoryId={repository} path={path} />
    </HydrateClient>
  );
}
