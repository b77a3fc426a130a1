"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { KeyValue } from "~/components/ui/key-value";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { Change } from "./change";
import { FieldValue, fieldName, isRecord } from "./field-value";

/** All that one entry holds: before and after side by side, what else was noted, and its place in the chain. */
export function EntryDetail({ id }: { id: number }) {
  const trpc = useTRPC();
  const { data: entry, error, refetch } = useQuery(trpc.journal.get.queryOptions({ id }));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!entry) return <SkeletonRows rows={3} />;
  const { before, after, ...rest } = entry.detail;
  const changed = "before" in entry.detail || "after" in entry.detail;
  return (
    <div className="grid gap-4">
      {changed ? <Change before={recordOf(before)} after={recordOf(after)} /> : null}
      <KeyValue
        items={[
          ...Object.entries(rest).map(([key, value]) => [fieldName(key), noteOf(key, value)] as const),
          ...(entry.repositoryId
            ? [
                [
                  "repository",
                  <TextLink key="repository" inline href={`/repositories/${entry.repositoryId}`}>
                    open the repository
                  </TextLink>,
                ] as const,
              ]
            : []),
          ["entry", `${entry.id}, bound to the one before it`],
          [
            "hash",
            <code key="hash" className="wrap-anywhere font-mono text-[0.8125rem]">
              {entry.hash}
            </code>,
          ],
        ]}
      />
    </div>
  );
}

/** A lone value, as some actions have it, is shown as one field. */
function recordOf(state: unknown): Record<string, unknown> {
  if (state === null || state === undefined) return {};
  return isRecord(state) ? state : { value: state };
}

function noteOf(key: string, value: unknown) {
  if (key === "userId" && typeof value === "string")
    return (
      <TextLink key={key} inline href={`/journal?person=${value}`}>
        all entries by or about this person
      </TextLink>
    );
  if (key === "jobId" && typeof value === "string")
    return (
      <TextLink key={key} inline href={`/jobs/${value}`}>
        open the job
      </TextLink>
    );
  return <FieldValue key={key} value={value} />;
}
