"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { ExactTime } from "~/components/ui/exact-time";
import { LoadMore } from "~/components/ui/load-more";
import { PageHeader } from "~/components/ui/page-header";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { JOURNAL_PAGE } from "./journal-input";

/** Who did what to the backups, in the order it happened. Entries are only ever added, each sealed to the one before. */
export function JournalPage() {
  const trpc = useTRPC();
  const list = useInfiniteQuery(trpc.journal.list.infiniteQueryOptions(JOURNAL_PAGE, PAGED));
  const entries = list.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <PageHeader
        title="Journal"
        state="Who did what to the backups, and what the server did by itself. Entries are only ever added."
      />
      {!entries ? (
        list.error ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={8} />
        )
      ) : entries.length === 0 ? (
        <EmptyState icon={ScrollText} title="Nothing has been journaled yet.">
          Moving archives to the trash, changing how long they are kept, holding a repository, rolling back,
          accepting, showing a paper key: each leaves an entry here that nobody can change.
        </EmptyState>
      ) : (
        <div className="grid gap-2">
          <Table label="Journal">
            <TableHead>
              <HeadCell>What</HeadCell>
              <HeadCell>Who</HeadCell>
              <HeadCell>When</HeadCell>
            </TableHead>
            <TableBody>
              {entries.map((entry) => (
                <Row key={entry.id}>
                  <Cell>
                    <p className="wrap-anywhere">{entry.say}</p>
                    <p className="text-[0.8125rem] text-ink-soft">
                      <code className="font-mono">{entry.action}</code>
                      {entry.clientId ? (
                        <>
                          {" · "}
                          <TextLink inline href={`/clients/${entry.clientId}`}>
                            open the client
                          </TextLink>
                        </>
                      ) : null}
                    </p>
                  </Cell>
                  <Cell className="sm:whitespace-nowrap">{entry.who}</Cell>
                  <Cell className="text-[0.8125rem] text-ink-soft md:whitespace-nowrap">
                    <ExactTime at={entry.at} />
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
          <LoadMore
            shown={entries.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="entries"
          />
        </div>
      )}
    </>
  );
}
