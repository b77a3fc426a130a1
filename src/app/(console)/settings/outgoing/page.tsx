import type { Metadata } from "next";
import { OutgoingSettingsPage } from "~/components/settings/outgoing-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Outgoing connections" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return (
      <NotYours title="Outgoing connections" needs="Settings of this server are for admins to change." />
    );
  prefetch(trpc.outgoingSettings.get.queryOptions());
  return (
    <HydrateClient>
      <OutgoingSettingsPage />
    </HydrateClient>
  );
}
