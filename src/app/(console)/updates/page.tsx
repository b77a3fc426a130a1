import type { Metadata } from "next";
import { NotYours } from "~/components/system/not-yours";
import { UpdatesPage } from "~/components/updates/updates-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../who-may";

export const metadata: Metadata = { title: "Updates" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Updates" needs="Releases are for admins to take in." />;
  prefetch(trpc.updates.releases.queryOptions());
  prefetch(trpc.updates.versions.queryOptions());
  return (
    <HydrateClient>
      <UpdatesPage />
    </HydrateClient>
  );
}
