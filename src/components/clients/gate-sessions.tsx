"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { PAGED } from "~/components/system/paged";
import { Bytes } from "~/components/ui/bytes";
import { Elapsed } from "~/components/ui/elapsed";
import { ErrorState } from "~/components/ui/error-state";
import { LoadMore } from "~/components/ui/load-more";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { SessionOutcome } from "./session-outcome";

type Session = Api["clients"]["sessions"]["items"][number];

/** Every pass of this client through the gate, as the keeper recorded it; the client's account cannot change that record. */
export function GateSessions({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const list = useInfiniteQuery(
    trpc.clients.sessions.infiniteQueryOptions({ id: clientId, limit: 10 }, PAGED),
  );
  const sessions = list.data?.pages.flatMap((page) => page.items);
  return (
    <Section title="Sessions through the gate">
      {!sessions ? (
        list.error ? (
          <ErrorState error={list.error} retry={() => list.refetch()} />
        ) : (
          <SkeletonRows rows={4} />
        )
      ) : sessions.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">
          This client has not been through the gate yet.
        </p>
      ) : (
        <>
          <Table label="Sessions through the gate">
            <TableHead>
              <HeadCell>Started</HeadCell>
              <HeadCell>Outcome</HeadCell>
              <HeadCell from="sm">From</HeadCell>
              <HeadCell number from="sm">
                Took
              </HeadCell>
              <HeadCell number>In</HeadCell>
              <HeadCell number>Out</HeadCell>
            </TableHead>
            <TableBody>
              {sessions.map((session) => (
                <SessionRow key={session.id} session={session} />
              ))}
            </TableBody>
          </Table>
          {list.hasNextPage ? (
            <LoadMore
              shown={sessions.length}
              hasMore
              busy={list.isFetchingNextPage}
              onMore={() => list.fetchNextPage()}
              noun="sessions"
            />
          ) : null}
        </>
      )}
    </Section>
  );
}

function SessionRow({ session }: { session: Session }) {
  return (
    <Row>
      <Cell className="whitespace-nowrap">
        <RelativeTime at={session.startedAt} />
      </Cell>
      <Cell>
        <SessionOutcome session={session} />
      </Cell>
      <Cell from="sm">{session.peerAddress ?? <span className="text-ink-soft">unknown</span>}</Cell>
      <Cell number from="sm">
        <Elapsed since={session.startedAt} until={session.endedAt} />
      </Cell>
      <Cell number>
        <Bytes value={session.bytesIn} />
      </Cell>
      <Cell number>
        <Bytes value={session.bytesOut} />
      </Cell>
    </Row>
  );
}
