"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { useNow } from "~/components/ui/now";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "./api";
import { isLivingToken, sayScopes, TokenState } from "./token-state";

type Token = Api["tokens"]["list"][number] & { userName?: string };

/**
 * API tokens, also the dead ones: a script that stopped working is looked up here. `of`: your own, or everybody's, which admins see with
 * whose they are and may take away.
 */
export function TokenTable({ tokens, of }: { tokens: readonly Token[]; of: "me" | "everybody" }) {
  return (
    <Table label={of === "me" ? "Your API tokens" : "Everybody's API tokens"}>
      <TableHead>
        {of === "everybody" ? <HeadCell>Whose</HeadCell> : null}
        <HeadCell>Name</HeadCell>
        <HeadCell>State</HeadCell>
        <HeadCell from="md">May</HeadCell>
        <HeadCell from="sm">Last used</HeadCell>
        <HeadCell from="lg">Made</HeadCell>
        <HeadCell from="sm">Ends</HeadCell>
        <HeadCell>
          <span className="sr-only">Actions</span>
        </HeadCell>
      </TableHead>
      <TableBody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} of={of} />
        ))}
      </TableBody>
    </Table>
  );
}

function TokenRow({ token, of }: { token: Token; of: "me" | "everybody" }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { now } = useNow();
  const told = {
    onSuccess: () => {
      toast.done(`Token ${token.name} is revoked`, "Scripts that use it are refused from now on.");
      return queryClient.invalidateQueries(trpc.tokens.pathFilter());
    },
    onError: (error: unknown) => toast.failed("The token was not revoked", problemOf(error).say),
  };
  const revokeOwn = useMutation(trpc.tokens.revoke.mutationOptions(told));
  const revokeAny = useMutation(trpc.tokens.revokeAny.mutationOptions(told));
  const revoke = of === "me" ? revokeOwn : revokeAny;
  return (
    <Row>
      {of === "everybody" ? <Cell className="max-w-40 truncate">{token.userName}</Cell> : null}
      <Cell className="max-w-48">
        <div className="truncate font-medium">{token.name}</div>
        <code className="font-mono text-[0.8125rem] text-ink-soft">{token.shown}…</code>
      </Cell>
      <Cell>
        <TokenState token={token} now={now} />
      </Cell>
      <Cell from="md" className="max-w-72 text-[0.8125rem] text-ink-soft">
        {sayScopes(token.scopes)}
      </Cell>
      <Cell from="sm">
        <RelativeTime at={token.lastUsedAt} />
      </Cell>
      <Cell from="lg">
        <RelativeTime at={token.createdAt} />
      </Cell>
      <Cell from="sm">
        <RelativeTime at={token.revokedAt ?? token.expiresAt} absent="when revoked" />
      </Cell>
      <Cell className="text-right">
        {isLivingToken(token, now) ? (
          <Button
            data-row-link
            size="small"
            variant="danger"
            busy={revoke.isPending}
            onClick={() => revoke.mutate({ id: token.id })}
            aria-label={`Revoke ${token.name}`}
          >
            Revoke
          </Button>
        ) : null}
      </Cell>
    </Row>
  );
}
