import type { Metadata } from "next";
import { OidcSettingsPage } from "~/components/settings/oidc-settings-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "OpenID Connect" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="OpenID Connect" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.oidcSettings.get.queryOptions());
  return (
    <HydrateClient>
      <OidcSettingsPage />
    </HydrateClient>
  );
}
