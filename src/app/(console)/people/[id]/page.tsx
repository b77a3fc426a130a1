import type { Metadata } from "next";
import { PersonPage } from "~/components/people/person-page";
import { NotYours } from "~/components/system/not-yours";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";
import { whoMay } from "../../who-may";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: (await whoMay()).administer ? (await find(id)).name : "People" };
}

export default async function Page({ params }: Props) {
  const { id } = await params;
  if (!(await whoMay()).administer)
    return <NotYours title="People" needs="Only admins see other people's accounts." />;
  prefetch(trpc.people.sessions.queryOptions({ userId: id }));
  await find(id);
  return (
    <HydrateClient>
      <PersonPage id={id} />
    </HydrateClient>
  );
}

function find(id: string) {
  return orNotFound(getQueryClient().fetchQuery(trpc.people.get.queryOptions({ userId: id })));
}
