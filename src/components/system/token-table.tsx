"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleSlash, TimerOff } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { useNow } from "~/components/ui/now";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "./api";

type Token = Api["tokens"]["list"][number];

/** Your tokens, also the dead ones: a script that stopped working is looked up here. */
export function TokenTable({ tokens }: { tokens: readonly Token[] }) {
  return (
    <Table label="API tokens">
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>State</HeadCell>
        <HeadCell from="sm">Last used</HeadCell>
        <HeadCell from="md">Made</HeadCell>
        <HeadCell from="sm">Ends</HeadCell>
        <HeadCell>
          <span className="sr-only">Actions</span>
        </HeadCell>
      </TableHead>
      <TableBody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} />
        ))}
      </TableBody>
    </Table>
  );
}

function TokenRow({ token }: { token: Token }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { now } = useNow();
  const revoke = useMutation(
    trpc.tokens.revoke.mutationOptions({
      onSuccess: () => {
        toast.done(`Token ${token.name} is revoked`, "Scripts that use it are refused from now on.");
        return queryClient.invalidateQueries(trpc.tokens.pathFilter());
      },
      onError: (error) => toast.failed("The token was not revoked", problemOf(error).say),
    }),
  );
  const expired = token.expiresAt !== null && token.expiresAt <= now;
  return (
    <Row>
      <Cell className="max-w-48 truncate font-medium">{token.name}</Cell>
      <Cell>
        {token.revokedAt ? (
          <Badge>
            <CircleSlash aria-hidden />
            Revoked
          </Badge>
        ) : expired ? (
          <Badge tone="warn">
            <TimerOff aria-hidden />
            Expired
          </Badge>
        ) : (
          <Badge tone="ok">
            <CircleCheck aria-hidden />
            Works
          </Badge>
        )}
      </Cell>
      <Cell from="sm">
        <RelativeTime at={token.lastUsedAt} />
      </Cell>
      <Cell from="md">
        <RelativeTime at={token.createdAt} />
      </Cell>
      <Cell from="sm">
        <RelativeTime at={token.revokedAt ?? token.expiresAt} absent="when revoked" />
      </Cell>
      <Cell className="text-right">
        {token.revokedAt || expired ? null : (
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
        )}
      </Cell>
    </Row>
  );
}
