"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { useClientChoices, usePlanChoices, useRepositoryChoices } from "../plans/use-choices";
import { ARCHIVE_FILTERS, archiveListInput } from "./archive-list-input";
import { ArchiveTable } from "./archive-table";

/** Every archive that is there, newest first by the time we saw it. Filters stand in the address. */
export function ArchiveList() {
  const trpc = useTRPC();
  const [filters] = useFilters(ARCHIVE_FILTERS);
  const clientId = filters.clientId ?? null;
  const choices = {
    clients: useClientChoices(),
    plans: usePlanChoices(clientId),
    repositories: useRepositoryChoices(clientId),
  };
  const list = useInfiniteQuery(
    trpc.archives.list.infiniteQueryOptions(archiveListInput(filters), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  const archives = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <FilterBar
        searchLabel="Search by archive, client or plan"
        filters={[
          { key: "clientId", label: "Client", choices: choices.clients },
          { key: "planId", label: "Plan", choices: choices.plans },
          { key: "repositoryId", label: "Repository", choices: choices.repositories },
        ]}
      />
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && archives.length === 0 ? (
        <NoArchives filtered={ARCHIVE_FILTERS.some((key) => filters[key])} />
      ) : null}
      {archives.length > 0 ? (
        <div className="grid gap-2">
          <ArchiveTable archives={archives} />
          <LoadMore
            shown={archives.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="archives"
          />
        </div>
      ) : null}
    </>
  );
}

function NoArchives({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={Archive}
        title="No archive fits these filters."
        action={<ButtonLink href="/archives">Show all archives</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={Archive}
      title="There is no archive yet."
      action={
        <ButtonLink href="/plans" variant="primary">
          Go to the plans
        </ButtonLink>
      }
      line="npx bbs archive list"
    >
      An archive is one backup of one machine, with every file in it. Press Back up now on a plan; the archive
      stands here as soon as the server has seen it committed, and any file of it can be brought back.
    </EmptyState>
  );
}
