import type { Metadata } from "next";
import { ChannelsPage } from "~/components/alerts/channels-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Alert channels" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Alerts" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.alertChannels.list.queryOptions());
  prefetch(trpc.alertChannels.settings.queryOptions());
  return (
    <HydrateClient>
      <ChannelsPage />
    </HydrateClient>
  );
}
