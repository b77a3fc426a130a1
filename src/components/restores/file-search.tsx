"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { PAGED } from "~/components/system/paged";
import { ErrorState } from "~/components/ui/error-state";
import { Input } from "~/components/ui/input";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useSettled } from "~/components/ui/use-settled";
import type { ChosenVersion } from "~/domain/restore-versions";
import { useTRPC } from "~/trpc/react";
import { FoundFile } from "./found-file";

/** Finds files and folders over every version, by a part of their name or with `*`, and lets one version be chosen. */
export function FileSearch({
  scope,
  has,
  add,
}: {
  /** Whose archives are searched; nothing: all that one may see. */
  scope: { repositoryId?: string; clientId?: string };
  has: (version: ChosenVersion) => boolean;
  add: (version: ChosenVersion) => void;
}) {
  const trpc = useTRPC();
  const [typed, setTyped] = useQueryState(
    "q",
    parseAsString.withDefault("").withOptions({ history: "replace" }),
  );
  const text = useSettled(typed.trim());
  const found = useInfiniteQuery(
    trpc.archives.find.infiniteQueryOptions(
      { ...scope, text, limit: 20 },
      { ...PAGED, enabled: text !== "", placeholderData: keepPreviousData, retry: false },
    ),
  );
  const files = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="grid gap-3">
      <div className="relative">
        <Search aria-hidden className="absolute top-2 left-2.5 size-4 text-ink-soft" />
        <Input
          type="search"
          aria-label="Name of a file or folder"
          placeholder="Part of a name, or report*.odt"
          className="pl-8"
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => void setTyped(event.target.value || null)}
        />
      </div>
      {text === "" ? (
        <p className="text-ink-soft">
          Searches every version in every archive. What was deleted long ago is found as long as one archive
          holds it.
        </p>
      ) : found.isError ? (
        <ErrorState title="The search failed" error={found.error} retry={() => void found.refetch()} />
      ) : found.isPending ? (
        <SkeletonRows rows={4} />
      ) : files.length === 0 ? (
        <p role="status" className="rounded-md border bg-panel p-4 text-ink-soft">
          Nothing of that name {found.hasNextPage ? "so far" : "is in the catalog"}. An archive that was made
          minutes ago may not be in it yet: browse it, or type the path.
        </p>
      ) : (
        <ul className="divide-y rounded-md border bg-panel" aria-label="What was found">
          {files.map((file) => (
            <FoundFile key={`${file.repositoryId} ${file.path}`} file={file} has={has} add={add} />
          ))}
        </ul>
      )}
      {text === "" || !found.data ? null : (
        <LoadMore
          shown={files.length}
          hasMore={found.hasNextPage}
          busy={found.isFetchingNextPage}
          onMore={() => void found.fetchNextPage()}
          noun="files"
        />
      )}
    </div>
  );
}
