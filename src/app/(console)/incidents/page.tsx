import type { Metadata } from "next";
import { PAGED } from "~/components/system/paged";
import { OPEN_INCIDENTS, RESOLVED_INCIDENTS } from "~/components/vault/incident-list-input";
import { IncidentsPage } from "~/components/vault/incidents-page";
import { HydrateClient, prefetchPages, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Vault" };

export default function Page() {
  prefetchPages(trpc.vault.incidents.infiniteQueryOptions(OPEN_INCIDENTS, PAGED));
  prefetchPages(trpc.vault.incidents.infiniteQueryOptions(RESOLVED_INCIDENTS, PAGED));
  return (
    <HydrateClient>
      <IncidentsPage />
    </HydrateClient>
  );
}
