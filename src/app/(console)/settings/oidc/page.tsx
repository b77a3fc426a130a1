import type { Metadata } from "next";
import { OidcSettingsPage } from "~/components/settings/oidc-settings-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "OpenID Connect" };

export default function Page() {
  prefetch(trpc.oidcSettings.get.queryOptions());
  return (
    <HydrateClient>
      <OidcSettingsPage />
    </HydrateClient>
  );
}
