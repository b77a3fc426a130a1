"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CopyLine } from "~/components/ui/copy-line";
import { EmptyState } from "~/components/ui/empty-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { useTRPC } from "~/trpc/react";
import { CreateToken } from "./create-token";
import { EverybodysTokens } from "./everybodys-tokens";
import { TokenTable } from "./token-table";
import { useMayAdminister } from "./use-may";

/** Tokens for scripts and the command line: made, shown once, taken back. */
export function TokensPage({ appUrl }: { appUrl: string }) {
  const trpc = useTRPC();
  const { data: tokens } = useSuspenseQuery(trpc.tokens.list.queryOptions());
  const isAdmin = useMayAdminister();
  const [fresh, setFresh] = useState<{ name: string; token: string } | null>(null);
  const line = `BBS_URL=${appUrl} BBS_TOKEN=${fresh?.token ?? "bbs_..."} npx bbs client list`;
  return (
    <>
      <PageHeader
        title="API tokens"
        state="For scripts and the bbs command. Each does what you allow it, and never more than you may do yourself."
        actions={<CreateToken onCreated={setFresh} />}
      />
      {fresh ? (
        <Notice tone="ok" title={`Token ${fresh.name} is made. It is shown only now.`}>
          <div className="mt-2 grid gap-2 text-ink">
            <CopyLine text={fresh.token} label="Copy the token" />
            <CopyLine text={line} label="Copy a try" />
          </div>
        </Notice>
      ) : null}
      {tokens.length === 0 ? (
        <EmptyState title="No token yet." line={line}>
          Make one, then try it with this line.
        </EmptyState>
      ) : (
        <TokenTable tokens={tokens} of="me" />
      )}
      {isAdmin ? <EverybodysTokens /> : null}
    </>
  );
}
