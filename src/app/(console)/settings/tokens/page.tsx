import type { Metadata } from "next";
import { TokensPage } from "~/components/system/tokens-page";
import { env } from "~/env";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "API tokens" };

export default function Page() {
  prefetch(trpc.tokens.list.queryOptions());
  prefetch(trpc.tokens.scopes.queryOptions());
  return (
    <HydrateClient>
      <TokensPage appUrl={env().appUrl} />
    </HydrateClient>
  );
}
