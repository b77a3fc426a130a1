import type { Metadata } from "next";
import { RestoreStart } from "~/components/restores/restore-start";
import { RestoreWizard } from "~/components/restores/restore-wizard";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../or-not-found";

export const metadata: Metadata = { title: "Restore" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const { archive } = await searchParams;
  if (typeof archive !== "string") return <RestoreStart />;
  const queryClient = getQueryClient();
  await Promise.all([
    orNotFound(queryClient.fetchQuery(trpc.archives.get.queryOptions({ id: archive }))),
    queryClient.prefetchQuery(trpc.restores.options.queryOptions({ archiveId: archive })),
    queryClient.prefetchQuery(trpc.restores.databases.queryOptions({ archiveId: archive })),
  ]);
  return (
    <HydrateClient>
      <RestoreWizard archiveId={archive} />
    </HydrateClient>
  );
}
