import type { Metadata } from "next";
import { IncidentPage } from "~/components/vault/incident-page";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const incident = await loadIncident(params);
  return { title: `Incident of ${incident.clientName} / ${incident.repositoryName}` };
}

export default async function Page({ params }: Props) {
  const incident = await loadIncident(params);
  return (
    <HydrateClient>
      <IncidentPage id={incident.id} />
    </HydrateClient>
  );
}

async function loadIncident(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.vault.incident.queryOptions({ id })));
}
