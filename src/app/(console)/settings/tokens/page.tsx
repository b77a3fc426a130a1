import type { Metadata } from "next";
import { TokensPage } from "~/components/system/tokens-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "API tokens" };

export default function Page() {
  prefetch(trpc.tokens.list.queryOptions());
  prefetch(trpc.tokens.scopes.queryOptions());
  prefetch(trpc.system.status.queryOptions());
  return (
    <HydrateClient>
      <TokensPage />
    </HydrateClient>
  );
}
