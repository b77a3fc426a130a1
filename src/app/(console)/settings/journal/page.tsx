import type { Metadata } from "next";
import { JournalSettingsPage } from "~/components/settings/journal-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Journal settings" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Journal settings" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.journal.anchor.queryOptions());
  return (
    <HydrateClient>
      <JournalSettingsPage />
    </HydrateClient>
  );
}
