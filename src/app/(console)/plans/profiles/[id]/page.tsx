import type { Metadata } from "next";
import { previewInput } from "~/components/plans/preview-input";
import { ProfileView } from "~/components/plans/profile-view";
import { NotYours } from "~/components/system/not-yours";
import { PAGED } from "~/components/system/paged";
import { listsAction } from "~/domain/may-list";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../../or-not-found";
import { whoMay } from "../../../who-may";

export const metadata: Metadata = { title: "Profile" };

export default async function Page({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  if (!listsAction(await whoMay(), "manage-plans"))
    return <NotYours title="Profile" needs="It takes the permission to manage plans of a machine." />;
  const { id } = await params;
  const queryClient = getQueryClient();
  await orNotFound(queryClient.fetchQuery(trpc.planProfiles.get.queryOptions({ id })));
  const input = previewInput(id, await searchParams);
  await queryClient.prefetchInfiniteQuery(trpc.planProfiles.preview.infiniteQueryOptions(input, PAGED));
  return (
    <HydrateClient>
      <ProfileView id={id} />
    </HydrateClient>
  );
}
