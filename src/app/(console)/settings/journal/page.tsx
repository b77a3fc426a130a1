import type { Metadata } from "next";
import { JournalSettingsPage } from "~/components/settings/journal-settings-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Journal settings" };

export default function Page() {
  prefetch(trpc.journal.anchor.queryOptions());
  return (
    <HydrateClient>
      <JournalSettingsPage />
    </HydrateClient>
  );
}
