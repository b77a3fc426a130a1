import type { Metadata } from "next";
import { AlertView } from "~/components/alerts/alert-view";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadAlert(params)).title };
}

export default async function Page({ params }: Props) {
  const alert = await loadAlert(params);
  return (
    <HydrateClient>
      <AlertView id={alert.id} />
    </HydrateClient>
  );
}

async function loadAlert(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.alerts.get.queryOptions({ id })));
}
