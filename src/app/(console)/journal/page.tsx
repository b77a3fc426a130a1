import type { Metadata } from "next";
import { JOURNAL_PAGE } from "~/components/journal/journal-input";
import { JournalPage } from "~/components/journal/journal-page";
import { PAGED } from "~/components/system/paged";
import { HydrateClient, prefetchPages, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Journal" };

export default function Page() {
  prefetchPages(trpc.journal.list.infiniteQueryOptions(JOURNAL_PAGE, PAGED));
  return (
    <HydrateClient>
      <JournalPage />
    </HydrateClient>
  );
}
