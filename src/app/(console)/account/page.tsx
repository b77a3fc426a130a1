import type { Metadata } from "next";
import { AccountPage } from "~/components/access/account-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Your account" };

export default function Page() {
  prefetch(trpc.account.get.queryOptions());
  prefetch(trpc.digests.get.queryOptions());
  prefetch(trpc.pushAlerts.list.queryOptions());
  prefetch(trpc.account.sessions.queryOptions());
  return (
    <HydrateClient>
      <AccountPage />
    </HydrateClient>
  );
}
