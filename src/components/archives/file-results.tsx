"use client";

import { FileSearch } from "lucide-react";
import { Button } from "~/components/ui/button";
import { cn } from "~/components/ui/class-names";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { FileResultTable } from "./file-result-table";
import { useFileFilters, useFileSearch } from "./use-file-search";

/** What the search in the address finds. */
export function FileResults() {
  const { query, found, goesOn } = useFileSearch();
  const { clear } = useFileFilters();
  if (query.isPending) return <SkeletonRows />;
  if (query.isError && !query.data)
    return <ErrorState title="The search failed" error={query.error} retry={() => void query.refetch()} />;
  return (
    <div
      className={cn("grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2", query.isPlaceholderData && "opacity-60")}
    >
      {found.length > 0 ? (
        <>
          <FileResultTable found={found} />
          <LoadMore
            shown={found.length}
            hasMore={query.hasNextPage}
            busy={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
            noun="files"
          />
        </>
      ) : goesOn || query.isFetching ? (
        <p role="status" className="py-4 text-ink-soft">
          Nothing yet; the search goes on.
        </p>
      ) : (
        <EmptyState
          icon={FileSearch}
          title="No file of that description in any archive."
          action={
            query.hasNextPage ? (
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Search on
              </Button>
            ) : (
              <Button onClick={clear}>Show the archives</Button>
            )
          }
        >
          One or two letters are looked for at the beginning of names only. Backups of the last minutes are
          found once the catalog holds them.
        </EmptyState>
      )}
    </div>
  );
}
