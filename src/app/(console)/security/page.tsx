import type { Metadata } from "next";
import { SecurityPage } from "~/components/system/security-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Security" };

export default function Page() {
  prefetch(trpc.system.status.queryOptions());
  prefetch(trpc.security.get.queryOptions());
  return (
    <HydrateClient>
      <SecurityPage />
    </HydrateClient>
  );
}
