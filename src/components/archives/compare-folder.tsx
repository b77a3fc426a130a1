"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Equal } from "lucide-react";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { cn } from "~/components/ui/class-names";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { SegmentedFilter } from "~/components/ui/segmented-filter";
import { SkeletonRows } from "~/components/ui/skeleton";
import { comparePaths, parentOf } from "~/domain/archive-path";
import { formatCount } from "~/domain/quantity";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { type ComparedEntry, CompareTable } from "./compare-table";
import { CompareTotals } from "./compare-totals";
import { FolderCrumbs } from "./folder-crumbs";
import { useBackspace } from "./use-backspace";

const ONLY = ["added", "changed", "removed"] as const;
const ORDERS = ["name", "growth"] as const;

/** What differs in one folder between two archives, with what it comes to; folders open. */
export function CompareFolder({
  ends,
  repositoryId,
  mayRestore,
  path,
  open,
}: {
  ends: { before: string; after: string };
  repositoryId: string;
  mayRestore: boolean;
  path: string;
  open: (path: string) => void;
}) {
  const trpc = useTRPC();
  const [{ only, by }, set] = useQueryStates(
    { only: parseAsStringLiteral(ONLY), by: parseAsStringLiteral(ORDERS).withDefault("name") },
    { history: "replace" },
  );
  const query = useQuery(
    trpc.archives.compare.queryOptions(
      { ...ends, path },
      {
        ...{ staleTime: Number.POSITIVE_INFINITY, placeholderData: keepPreviousData },
        trpc: { context: ALONE, abortOnUnmount: true },
      },
    ),
  );
  const all = query.data?.entries;
  const entries = useMemo(() => inOrder(all ?? [], only, by), [all, only, by]);
  useBackspace(() => {
    if (path !== "") open(parentOf(path));
  });
  return (
    <Section title="What differs">
      <div
        className={cn(
          "grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        <FolderCrumbs path={path} open={open} />
        {all && all.length > 0 ? (
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <CompareTotals entries={all} />
            <div className="flex flex-wrap gap-2">
              <SegmentedFilter
                legend="Which entries"
                value={only}
                onChange={(next) => void set({ only: next })}
                choices={[
                  { value: null, label: "All" },
                  { value: "added", label: "Added" },
                  { value: "changed", label: "Changed" },
                  { value: "removed", label: "Removed" },
                ]}
              />
              <SegmentedFilter
                legend="In which order"
                value={by}
                onChange={(next) => void set({ by: next })}
                choices={[
                  { value: "name", label: "By name" },
                  { value: "growth", label: "By growth" },
                ]}
              />
            </div>
          </div>
        ) : null}
        {query.isPending ? <SkeletonRows /> : null}
        {query.isError ? (
          <ErrorState
            title="These could not be compared"
            error={query.error}
            retry={() => void query.refetch()}
          />
        ) : null}
        {query.data?.truncated ? (
          <Notice
            tone="warn"
            title={`Only the first ${formatCount(query.data.entries.length)} entries are compared`}
          >
            More differs directly in this folder than is shown, and the totals leave the rest out.
          </Notice>
        ) : null}
        {all?.length === 0 ? (
          <EmptyState
            icon={Equal}
            title={
              path === "" ? "Nothing differs between these archives." : "Nothing differs in this folder."
            }
          />
        ) : all && entries.length === 0 ? (
          <EmptyState icon={Equal} title={`Nothing was ${only} here.`} />
        ) : null}
        {entries.length > 0 ? (
          <CompareTable key={path} folder={path} {...{ entries, ends, repositoryId, mayRestore, open }} />
        ) : null}
      </div>
    </Section>
  );
}

/** A folder fits when something below it does. */
function inOrder(
  entries: Api["archives"]["compare"]["entries"],
  only: (typeof ONLY)[number] | null,
  by: (typeof ORDERS)[number],
): ComparedEntry[] {
  const fitting = only === null ? entries : entries.filter((one) => one[only] > 0 || one.change === only);
  const isFolder = (one: ComparedEntry) => Number(one.type === "directory");
  const gain = (one: ComparedEntry) => one.bytesAfter - one.bytesBefore;
  return [...fitting].sort((a, b) =>
    by === "growth"
      ? gain(b) - gain(a) || comparePaths(a.name, b.name)
      : isFolder(b) - isFolder(a) || comparePaths(a.name, b.name),
  );
}
