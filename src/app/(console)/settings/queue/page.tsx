import type { Metadata } from "next";
import { QueueSettingsPage } from "~/components/settings/queue-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Queue" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Queue" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.queueSettings.get.queryOptions());
  return (
    <HydrateClient>
      <QueueSettingsPage />
    </HydrateClient>
  );
}
