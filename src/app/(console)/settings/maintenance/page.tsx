import type { Metadata } from "next";
import { MaintenanceSettingsPage } from "~/components/settings/maintenance-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Maintenance" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Maintenance" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.maintenanceSettings.get.queryOptions());
  return (
    <HydrateClient>
      <MaintenanceSettingsPage />
    </HydrateClient>
  );
}
