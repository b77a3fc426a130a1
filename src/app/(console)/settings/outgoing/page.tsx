import type { Metadata } from "next";
import { OutgoingSettingsPage } from "~/components/settings/outgoing-settings-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Outgoing connections" };

export default function Page() {
  prefetch(trpc.outgoingSettings.get.queryOptions());
  return (
    <HydrateClient>
      <OutgoingSettingsPage />
    </HydrateClient>
  );
}
