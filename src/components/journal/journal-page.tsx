"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useClientChoices } from "~/components/plans/use-choices";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { DayRange } from "~/components/ui/day-range";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { PageHeader } from "~/components/ui/page-header";
import { SkeletonRows } from "~/components/ui/skeleton";
import { JOURNAL_GROUPS, labelOfGroup } from "~/domain/journal-group";
import { useTRPC } from "~/trpc/react";
import { JournalExport } from "./journal-export";
import { JOURNAL_FILTERS, journalListInput } from "./journal-input";
import { JournalTable } from "./journal-table";

const GROUP_CHOICES = JOURNAL_GROUPS.map((value) => ({ value, label: labelOfGroup(value) }));

/** Who did what, newest first. Entries are only ever added, each sealed to the one before. Filters stand in the address. */
export function JournalPage() {
  const trpc = useTRPC();
  const [filters] = useFilters(JOURNAL_FILTERS);
  const clients = useClientChoices();
  const people = usePeople(filters.person ?? null);
  const list = useInfiniteQuery(
    trpc.journal.list.infiniteQueryOptions(journalListInput(filters), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  const entries = list.data?.pages.flatMap((page) => page.items);
  const filtered = JOURNAL_FILTERS.some((key) => filters[key]);
  return (
    <>
      <PageHeader
        title="Journal"
        state="Who did what, and what the server did by itself. Entries are only ever added; nobody can change or remove one unseen."
        actions={<JournalExport filters={filters} />}
      />
      <FilterBar
        searchLabel="Search the journal"
        filters={[
          { key: "group", label: "Kind", choices: GROUP_CHOICES },
          { key: "person", label: "Person", choices: people },
          { key: "clientId", label: "Client", choices: clients },
        ]}
      >
        <DayRange />
      </FilterBar>
      {!entries ? (
        list.error ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={8} />
        )
      ) : (
        <div className="grid gap-2">
          {entries.length > 0 ? <JournalTable entries={entries} /> : null}
          {entries.length === 0 ? <Nothing filtered={filtered} further={list.hasNextPage} /> : null}
          {entries.length > 0 || list.hasNextPage ? (
            <LoadMore
              shown={entries.length}
              hasMore={list.hasNextPage}
              busy={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
              noun="entries"
            />
          ) : null}
        </div>
      )}
    </>
  );
}

/** Whoever was deleted can still be filtered by; their name stands in their entries. */
function usePeople(chosen: string | null): { value: string; label: string }[] {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.journal.authors.queryOptions());
  const people = (data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  if (!data || chosen === null || people.some(({ value }) => value === chosen)) return people;
  return [...people, { value: chosen, label: "somebody who is gone" }];
}

function Nothing({ filtered, further }: { filtered: boolean; further: boolean }) {
  if (further) {
    return (
      <EmptyState icon={ScrollText} title="Not among the newest entries">
        Words alone are looked for a hundred thousand entries at a time. Load more to look further back, or
        narrow it down by person, client or day.
      </EmptyState>
    );
  }
  if (filtered) {
    return (
      <EmptyState
        icon={ScrollText}
        title="No entry fits these filters"
        action={<ButtonLink href="/journal">Show all entries</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState icon={ScrollText} title="Nothing has been journaled yet.">
      Signing in, adding a client, changing a plan, restoring, showing a key: each leaves an entry here that
      nobody can change.
    </EmptyState>
  );
}
