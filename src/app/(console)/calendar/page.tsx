import type { Metadata } from "next";
import { CalendarPage } from "~/components/schedules/calendar-page";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { whoMay } from "../who-may";

export const metadata: Metadata = { title: "Calendar" };

export default async function Page() {
  if (!listsAction(await whoMay(), "view"))
    return <NotYours title="Calendar" needs="It takes the permission to view a machine." />;
  // The runs are asked for by the browser: which hours a day has depends on its zone.
  await getQueryClient().prefetchQuery(trpc.clients.list.queryOptions({ limit: 200 }));
  return (
    <HydrateClient>
      <PageHeader
        title="Calendar"
        state="When backups begin by themselves, what became of the last ones, and how full the hours are."
      />
      <CalendarPage />
    </HydrateClient>
  );
}
