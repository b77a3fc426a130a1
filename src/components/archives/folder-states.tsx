import { FolderOpen } from "lucide-react";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { SkeletonRows } from "~/components/ui/skeleton";
import { formatCount } from "~/domain/quantity";

/** What is said of a folder beside its entries: that it is being read, could not be, is cut, or is empty. */
export function FolderStates({
  query,
  shown,
  words,
}: {
  query: {
    isPending: boolean;
    isError: boolean;
    error: unknown;
    data: { truncated: boolean } | undefined;
    refetch: () => unknown;
  };
  /** How many entries stand below. */
  shown: number;
  words: { reading: string; failed: string; cut: string; empty: string };
}) {
  if (query.isPending) {
    return (
      <div className="grid gap-2">
        <p role="status" className="text-ink-soft">
          {words.reading}
        </p>
        <SkeletonRows />
      </div>
    );
  }
  return (
    <>
      {query.isError ? (
        <ErrorState title={words.failed} error={query.error} retry={() => void query.refetch()} />
      ) : null}
      {query.data?.truncated ? (
        <Notice tone="warn" title={`Only the first ${formatCount(shown)} entries are shown`}>
          {words.cut}
        </Notice>
      ) : null}
      {query.data && shown === 0 ? <EmptyState icon={FolderOpen} title={words.empty} /> : null}
    </>
  );
}
