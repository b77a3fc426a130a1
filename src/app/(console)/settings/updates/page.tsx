import type { Metadata } from "next";
import { UpdatesSettingsPage } from "~/components/settings/updates-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Updates" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Updates" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.updates.settings.queryOptions());
  return (
    <HydrateClient>
      <UpdatesSettingsPage />
    </HydrateClient>
  );
}
