import type { Metadata } from "next";
import { AccountSecurityPage } from "~/components/access/account-security-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Security of your account" };

export default function Page() {
  prefetch(trpc.secondFactor.state.queryOptions());
  return (
    <HydrateClient>
      <AccountSecurityPage />
    </HydrateClient>
  );
}
