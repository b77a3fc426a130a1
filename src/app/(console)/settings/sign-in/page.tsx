import type { Metadata } from "next";
import { SignInSettingsPage } from "~/components/settings/sign-in-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Sign-in" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Sign-in" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.signInSettings.get.queryOptions());
  return (
    <HydrateClient>
      <SignInSettingsPage />
    </HydrateClient>
  );
}
