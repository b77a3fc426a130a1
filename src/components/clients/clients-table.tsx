"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ArrowUp, Server } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { HeadCell, Table, TableBody, TableHead } from "~/components/ui/table";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";
import { clientFilter } from "./client-filter";
import { ClientTableRow } from "./client-table-row";

/** The paged table; reads its filter from the address. */
export function ClientsTable() {
  const trpc = useTRPC();
  const [values, setValues] = useFilters(["search", "state", "tag", "sort"]);
  const filter = clientFilter(values);
  const { sort, ...sought } = filter;
  const list = useInfiniteQuery(
    trpc.clients.list.infiniteQueryOptions(filter, {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (!list.data) return <SkeletonRows rows={8} />;
  const clients = list.data.pages.flatMap((page) => page.items);
  if (clients.length === 0) return <NoClients filtered={Object.keys(sought).length > 0} />;
  return (
    <div className="grid gap-2">
      <Table label="Clients">
        <TableHead>
          <SortHead isSorted={sort === undefined} onSort={() => setValues({ sort: null })}>
            Name
          </SortHead>
          <HeadCell>State</HeadCell>
          <HeadCell>Promise</HeadCell>
          <HeadCell from="sm">Last archive</HeadCell>
          <HeadCell from="sm">Last backup</HeadCell>
          <SortHead from="lg" isSorted={sort === "next-run"} onSort={() => setValues({ sort: "next-run" })}>
            Next run
          </SortHead>
          <HeadCell from="xl">Restore proven</HeadCell>
          <HeadCell from="md" number>
            Size
          </HeadCell>
          <HeadCell from="xl">Tags</HeadCell>
          <HeadCell from="2xl">System</HeadCell>
          <HeadCell from="2xl">borg</HeadCell>
          <HeadCell from="2xl">Agent</HeadCell>
        </TableHead>
        <TableBody>
          {clients.map((client) => (
            <ClientTableRow key={client.id} client={client} />
          ))}
        </TableBody>
      </Table>
      <LoadMore
        shown={clients.length}
        hasMore={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onMore={() => list.fetchNextPage()}
        noun="clients"
      />
    </div>
  );
}

/** What the list is sorted by: upwards, the one or the other. */
function SortHead({
  isSorted,
  onSort,
  from,
  children,
}: {
  isSorted: boolean;
  onSort: () => void;
  from?: "lg";
  children: string;
}) {
  return (
    <HeadCell from={from} aria-sort={isSorted ? "ascending" : "none"}>
      <button
        type="button"
        onClick={onSort}
        className="inline-flex items-center gap-1 font-medium hover:text-ink"
      >
        {children}
        {isSorted ? <ArrowUp aria-hidden className="size-3.5" /> : null}
      </button>
    </HeadCell>
  );
}

function NoClients({ filtered }: { filtered: boolean }) {
  const mayAdd = useMay("manage-clients");
  if (filtered) {
    return (
      <EmptyState
        title="No client fits this filter."
        action={<ButtonLink href="/clients">Show all clients</ButtonLink>}
      />
    );
  }
  if (!mayAdd) {
    return (
      <EmptyState icon={Server} title="No machine is shared with you yet.">
        An admin can give you permissions for the machines that you look after.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Server}
      title="No machine is backed up yet."
      action={
        <ButtonLink href="/clients/new" variant="primary">
          Add a client
        </ButtonLink>
      }
      line="npx bbs client add web-01"
    >
      Give it a name, paste one line on the machine, and it appears here.
    </EmptyState>
  );
}
