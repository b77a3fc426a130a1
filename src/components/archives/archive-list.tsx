"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive, Trash2 } from "lucide-react";
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
import { TrashTable } from "./trash-table";
import { WhichArchives } from "./which-archives";

/** Every archive that is there, newest first by the time we saw it. Filters stand in the address. */
export function ArchiveList() {
  const trpc = useTRPC();
  const [filters] = useFilters(ARCHIVE_FILTERS);
  const clientId = filters.clientId ?? null;
  const trashed = filters.trashed === "yes";
  const choices = {
    clients: useClientChoices(),
    plans: usePlanChoices(clientId),
    repositories: useRepositoryChoices(clientId),
  };
  const list = useInfiniteQuery(
    trpc.archives.list.infiniteQueryOptions(archiveListInput(filters), {
      ...PAGED,
      // The rows of before stay while a filter is typed, but never those of the other list.
      placeholderData: (before) => (before && isOf(before.pages, trashed) ? before : undefined),
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
      >
        <WhichArchives />
      </FilterBar>
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && archives.length === 0 ? (
        <NoArchives
          filtered={ARCHIVE_FILTERS.some((key) => key !== "trashed" && filters[key])}
          trashed={trashed}
        />
      ) : null}
      {archives.length > 0 ? (
        <div className="grid gap-2">
          {trashed ? <TrashTable archives={archives} /> : <ArchiveTable archives={archives} />}
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

function isOf(pages: readonly { items: readonly { trashedAt: Date | null }[] }[], trashed: boolean): boolean {
  const rows = pages.flatMap((page) => page.items);
  return rows.length > 0 && rows.every((row) => (row.trashedAt !== null) === trashed);
}

function NoArchives({ filtered, trashed }: { filtered: boolean; trashed: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={trashed ? Trash2 : Archive}
        title={trashed ? "No archive in the trash fits these filters." : "No archive fits these filters."}
        action={
          <ButtonLink href={trashed ? "/archives?trashed=yes" : "/archives"}>
            {trashed ? "Show the whole trash" : "Show all archives"}
          </ButtonLink>
        }
      />
    );
  }
  if (trashed) {
    return (
      <EmptyState icon={Trash2} title="The trash is empty." line="npx bbs archive list --trashed">
        What retention or a person removes waits here for some days, a week if nobody changed that, and can be
        brought back with one click. Only then does a compaction delete it for good.
      </EmptyState>
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
