"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { PAGED } from "~/components/system/paged";
import { Bytes } from "~/components/ui/bytes";
import { cn } from "~/components/ui/class-names";
import { Elapsed } from "~/components/ui/elapsed";
import { ErrorState } from "~/components/ui/error-state";
import { LoadMore } from "~/components/ui/load-more";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { SessionOutcome } from "../clients/session-outcome";
import type { VaultSession } from "./vault-api";

/** Every session that opened this repository: what it wrote, and which calls the gate refused, in its own words. */
export function RepositorySessions({ repositoryId }: { repositoryId: string }) {
  const trpc = useTRPC();
  const list = useInfiniteQuery(trpc.vault.sessions.infiniteQueryOptions({ repositoryId, limit: 10 }, PAGED));
  const sessions = list.data?.pages.flatMap((page) => page.items);
  return (
    <Section title="Sessions of this repository">
      {!sessions ? (
        list.error ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={4} />
        )
      ) : sessions.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">No session has opened it yet.</p>
      ) : (
        <>
          <Table label="Sessions of this repository">
            <TableHead>
              <HeadCell>Started</HeadCell>
              <HeadCell>Outcome</HeadCell>
              <HeadCell from="sm">From</HeadCell>
              <HeadCell from="md">Transactions</HeadCell>
              <HeadCell number from="lg">
                Took
              </HeadCell>
              <HeadCell number from="sm">
                In
              </HeadCell>
              <HeadCell number>Refused</HeadCell>
            </TableHead>
            <TableBody>
              {sessions.map((session) => (
                <SessionRows key={session.id} session={session} />
              ))}
            </TableBody>
          </Table>
          {list.hasNextPage ? (
            <LoadMore
              shown={sessions.length}
              hasMore
              busy={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
              noun="sessions"
            />
          ) : null}
        </>
      )}
    </Section>
  );
}

function SessionRows({ session }: { session: VaultSession }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Row className={open ? "border-b-0" : undefined}>
        <Cell className="whitespace-nowrap">
          <RelativeTime at={session.startedAt} />
          <span className="block text-[0.8125rem] text-ink-soft sm:hidden">
            {session.peerAddress ?? "unknown"}
          </span>
        </Cell>
        <Cell>
          <SessionOutcome session={session} />
        </Cell>
        <Cell from="sm">{session.peerAddress ?? <span className="text-ink-soft">unknown</span>}</Cell>
        <Cell from="md" className="whitespace-nowrap">
          {transactionsOf(session)}
        </Cell>
        <Cell number from="lg">
          <Elapsed since={session.startedAt} until={session.endedAt} />
        </Cell>
        <Cell number from="sm">
          <Bytes value={session.bytesIn} />
        </Cell>
        <Cell number>
          {session.callsRefused === 0 ? (
            <span className="text-ink-soft">none</span>
          ) : (
            <button
              type="button"
              data-row-link
              aria-expanded={open}
              aria-controls={id}
              onClick={() => setOpen(!open)}
              className="inline-flex items-center gap-1 font-medium text-fail hover:underline"
            >
              {formatCount(session.callsRefused)} {session.callsRefused === 1 ? "call" : "calls"}
              <ChevronRight aria-hidden className={cn("size-4 transition-transform", open && "rotate-90")} />
            </button>
          )}
        </Cell>
      </Row>
      {open ? (
        <tr id={id} className="border-b bg-sunken">
          <td colSpan={7} className="px-3 py-2">
            <RefusedCalls session={session} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function RefusedCalls({ session }: { session: VaultSession }) {
  const rest = session.callsRefused - session.refusedCalls.length;
  return (
    <ul className="grid gap-1 text-[0.8125rem]">
      {session.refusedCalls.map((refused, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list of an ended session never moves, and a call may be there twice.
        <li key={at} className="grid gap-x-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
          <code className="break-all font-mono">{refused.call}</code>
          <span className="break-words text-ink-soft">{refused.say}</span>
        </li>
      ))}
      {rest > 0 ? (
        <li className="text-ink-soft">and {formatCount(rest)} more, which are counted but not kept</li>
      ) : null}
    </ul>
  );
}

/** "reading only", "none", "118 → 121". */
function transactionsOf(session: VaultSession) {
  if (!session.writing) return <span className="text-ink-soft">reading only</span>;
  const { transactionBefore: before, transactionAfter: after } = session;
  if (after === null) return <span className="text-ink-soft">from {before ?? "the start"}</span>;
  return after === before ? (
    <span className="text-ink-soft">nothing committed</span>
  ) : (
    `${before ?? 0} → ${after}`
  );
}
