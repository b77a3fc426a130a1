import type { Metadata } from "next";
import { peopleFilter, WHO_WAITS } from "~/components/people/people-filter";
import { PeoplePage } from "~/components/people/people-page";
import { NotYours } from "~/components/system/not-yours";
import { PAGED } from "~/components/system/paged";
import { HydrateClient, prefetch, prefetchPages, trpc } from "~/trpc/server";
import { whoMay } from "../who-may";

export const metadata: Metadata = { title: "People" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  if (!(await whoMay()).administer)
    return <NotYours title="People" needs="Only admins see other people's accounts." />;
  prefetchPages(trpc.people.list.infiniteQueryOptions(peopleFilter(await searchParams), PAGED));
  prefetch(trpc.people.list.queryOptions(WHO_WAITS));
  prefetch(trpc.people.invitations.queryOptions());
  return (
    <HydrateClient>
      <PeoplePage />
    </HydrateClient>
  );
}
