"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { LoadMore } from "~/components/ui/load-more";
import { PageHeader } from "~/components/ui/page-header";
import { SkeletonRows } from "~/components/ui/skeleton";
import { HeadCell, Table, TableBody, TableHead } from "~/components/ui/table";
import { useTRPC } from "~/trpc/react";
import { May, MayAdminister } from "../system/may";
import { RemovedRepositories } from "./removed-repositories";
import { RepositoryTableRow } from "./repository-table-row";

/** Every repository, its size and its newest archive. */
export function RepositoriesPage() {
  return (
    <>
      <PageHeader
        title="Repositories"
        state="Where the archives lie. Each belongs to one client, and only that client can add to it."
        actions={
          <>
            <MayAdminister>
              <ButtonLink href="/repositories/import">Import</ButtonLink>
            </MayAdminister>
            <May action="manage-repositories">
              <ButtonLink href="/repositories/new" variant="primary">
                Make a repository
              </ButtonLink>
            </May>
          </>
        }
      />
      <RepositoryTable />
      <RemovedRepositories />
    </>
  );
}

function RepositoryTable() {
  const trpc = useTRPC();
  const list = useInfiniteQuery(trpc.repositories.list.infiniteQueryOptions({}, PAGED));
  if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (!list.data) return <SkeletonRows rows={6} />;
  const repositories = list.data.pages.flatMap((page) => page.items);
  if (repositories.length === 0) {
    return (
      <EmptyState
        icon={Database}
        title="No repository yet."
        action={
          <May action="manage-repositories">
            <ButtonLink href="/repositories/new" variant="primary">
              Make a repository
            </ButtonLink>
          </May>
        }
        line="npx bbs repository create --client web-01 main"
      >
        Add a client first; then give it a repository, and a plan says what goes into it.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-2">
      <Table label="Repositories">
        <TableHead>
          <HeadCell>Name</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell>Client</HeadCell>
          <HeadCell number>Size</HeadCell>
          <HeadCell from="md">Quota</HeadCell>
          <HeadCell number from="sm">
            Archives
          </HeadCell>
          <HeadCell from="sm">Last archive</HeadCell>
        </TableHead>
        <TableBody>
          {repositories.map((repository) => (
            <RepositoryTableRow key={repository.id} repository={repository} />
          ))}
        </TableBody>
      </Table>
      <LoadMore
        shown={repositories.length}
        hasMore={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onMore={() => list.fetchNextPage()}
        noun="repositories"
      />
    </div>
  );
}
