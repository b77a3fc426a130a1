import type { Metadata } from "next";
import { ProfilesPage } from "~/components/plans/profiles-page";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Templates and profiles" };

export default async function Page() {
  if (!listsAction(await whoMay(), "manage-plans"))
    return (
      <NotYours
        title="Templates and profiles"
        needs="It takes the permission to manage plans of a machine."
      />
    );
  prefetch(trpc.planProfiles.list.queryOptions({}));
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[{ label: "Plans", href: "/plans" }]}
        title="Templates and profiles"
        state="A template begins a plan; a profile is applied to many plans at once, and again when it changes."
      />
      <ProfilesPage />
    </HydrateClient>
  );
}
