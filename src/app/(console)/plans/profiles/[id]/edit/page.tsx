import type { Metadata } from "next";
import { ProfileEditor } from "~/components/plans/profile-editor";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../../../or-not-found";
import { whoMay } from "../../../../who-may";

export const metadata: Metadata = { title: "Edit" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  if (!(await whoMay()).administer)
    return <NotYours title="Edit" needs="Templates and profiles are changed by admins." />;
  const { id } = await params;
  const profile = await orNotFound(getQueryClient().fetchQuery(trpc.planProfiles.get.queryOptions({ id })));
  const { kind, name, settings } = profile;
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[
          { label: "Plans", href: "/plans" },
          { label: "Templates and profiles", href: "/plans/profiles" },
        ]}
        title={`Edit ${name}`}
        state={
          kind === "profile"
            ? "Saving changes no plan. You are then shown which plans differ, to apply it to them again."
            : "Plans that were made from it stay as they are."
        }
      />
      <ProfileEditor kind={kind} row={profile} start={{ name, settings }} />
    </HydrateClient>
  );
}
