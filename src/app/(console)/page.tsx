import { OverviewPage } from "~/components/overview/overview-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export default function Page() {
  prefetch(trpc.overview.get.queryOptions());
  return (
    <HydrateClient>
      <OverviewPage />
    </HydrateClient>
  );
}
