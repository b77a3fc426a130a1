"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { TokenTable } from "./token-table";

/** The tokens of all other people (or of one), for admins. */
export function EverybodysTokens({ userId }: { userId?: string }) {
  const trpc = useTRPC();
  const all = useQuery(trpc.tokens.listAll.queryOptions({ userId }));
  const me = useQuery(trpc.me.get.queryOptions()).data?.id;
  const shown = all.data?.filter((token) => userId !== undefined || token.userId !== me);
  return (
    <Section
      title={userId ? "API tokens" : "Tokens of other people"}
      note="A token never does more than its person may. It is refused when its person is disabled."
    >
      {shown ? (
        shown.length === 0 ? (
          <p className="text-ink-soft">No token was made yet.</p>
        ) : (
          <TokenTable tokens={shown} of="everybody" />
        )
      ) : all.error ? (
        <ErrorState title="The tokens cannot be shown" error={all.error} retry={() => all.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </Section>
  );
}
