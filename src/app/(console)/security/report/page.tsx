import type { Metadata } from "next";
import { ReportPage } from "~/components/system/report-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Report a vulnerability" };

export default function Page() {
  prefetch(trpc.security.reportFacts.queryOptions());
  return (
    <HydrateClient>
      <ReportPage />
    </HydrateClient>
  );
}
