import type { Metadata } from "next";
import { isForBrowser, journalListInput } from "~/components/journal/journal-input";
import { JournalPage } from "~/components/journal/journal-page";
import { NotYours } from "~/components/system/not-yours";
import { PAGED } from "~/components/system/paged";
import { HydrateClient, prefetch, prefetchPages, trpc } from "~/trpc/server";
import { whoMay } from "../who-may";

export const metadata: Metadata = { title: "Journal" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  if (!(await whoMay()).administer)
    return <NotYours title="Journal" needs="The journal is for admins to read." />;
  const filters = await searchParams;
  prefetch(trpc.journal.authors.queryOptions());
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  if (!isForBrowser(filters))
    prefetchPages(trpc.journal.list.infiniteQueryOptions(journalListInput(filters), PAGED));
  return (
    <HydrateClient>
      <JournalPage />
    </HydrateClient>
  );
}
