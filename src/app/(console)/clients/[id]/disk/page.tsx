import type { Metadata } from "next";
import { DiskPage } from "~/components/looks/disk-page";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Live disk of ${(await loadClient(params)).name}` };
}

export default async function Page({ params }: Props) {
  const client = await loadClient(params);
  return (
    <HydrateClient>
      <DiskPage id={client.id} />
    </HydrateClient>
  );
}

async function loadClient(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.clients.get.queryOptions({ id })));
}
