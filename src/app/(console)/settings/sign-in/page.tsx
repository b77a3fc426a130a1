import type { Metadata } from "next";
import { SignInSettingsPage } from "~/components/settings/sign-in-settings-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Sign-in" };

export default function Page() {
  prefetch(trpc.signInSettings.get.queryOptions());
  return (
    <HydrateClient>
      <SignInSettingsPage />
    </HydrateClient>
  );
}
