import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { PersonPage } from "~/components/people/person-page";
import { NotYours } from "~/components/system/not-yours";
import { getQueryClient, HydrateClient, prefetch, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: (await find(id))?.name ?? "People" };
}

export default async function Page({ params }: Props) {
  const { id } = await params;
  prefetch(trpc.people.sessions.queryOptions({ userId: id }));
  if (!(await find(id))) return <NotYours title="People" needs="Only admins see other people's accounts." />;
  return (
    <HydrateClient>
      <PersonPage id={id} />
    </HydrateClient>
  );
}

/** Null: whoever asks is no admin. */
async function find(id: string) {
  try {
    return await orNotFound(getQueryClient().fetchQuery(trpc.people.get.queryOptions({ userId: id })));
  } catch (error) {
    if (error instanceof TRPCError && error.code === "FORBIDDEN") return null;
    throw error;
  }
}
