"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import type { PersonRow } from "./people-api";
import { peopleFilter } from "./people-filter";
import { PersonStateBadge, SecondFactorBadge } from "./person-badges";
import { WhatTheyMayShortly } from "./what-they-may";

/** The paged table of accounts; reads its filter from the address. */
export function PeopleTable() {
  const trpc = useTRPC();
  const [values] = useFilters(["search", "state"]);
  const list = useInfiniteQuery(
    trpc.people.list.infiniteQueryOptions(peopleFilter(values), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (!list.data) return <SkeletonRows rows={4} />;
  const people = list.data.pages.flatMap((page) => page.items);
  if (people.length === 0) {
    return (
      <EmptyState
        title="Nobody fits this filter."
        action={<ButtonLink href="/people">Show everybody</ButtonLink>}
      />
    );
  }
  return (
    <div className="grid gap-2">
      <Table label="People">
        <TableHead>
          <HeadCell>Name</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell from="sm">Role</HeadCell>
          <HeadCell from="md">May do</HeadCell>
          <HeadCell from="lg">Second factor</HeadCell>
          <HeadCell from="sm">Last seen</HeadCell>
        </TableHead>
        <TableBody>
          {people.map((person) => (
            <PersonTableRow key={person.id} person={person} />
          ))}
        </TableBody>
      </Table>
      <LoadMore
        shown={people.length}
        hasMore={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onMore={() => list.fetchNextPage()}
        noun="accounts"
      />
    </div>
  );
}

function PersonTableRow({ person }: { person: PersonRow }) {
  return (
    <Row>
      <Cell className="max-w-40 sm:max-w-64">
        <TextLink row href={`/people/${person.id}`} title={person.name} className="block truncate">
          {person.name}
        </TextLink>
        <span className="block truncate text-[0.8125rem] text-ink-soft" title={person.email}>
          {person.email}
        </span>
      </Cell>
      <Cell>
        <PersonStateBadge state={person.state} />
      </Cell>
      <Cell from="sm">{person.role === "admin" ? "Admin" : "User"}</Cell>
      <Cell from="md" className="max-w-64">
        <WhatTheyMayShortly who={person} />
      </Cell>
      <Cell from="lg">
        <SecondFactorBadge has={person.hasSecondFactor} />
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={person.lastSeenAt} />
      </Cell>
    </Row>
  );
}
