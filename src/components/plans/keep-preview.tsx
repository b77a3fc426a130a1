"use client";

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect } from "react";
import { ErrorState } from "~/components/ui/error-state";
import { useLate } from "~/components/ui/late";
import { Skeleton } from "~/components/ui/skeleton";
import type { KeepRules } from "~/domain/retention";
import type { Schedule } from "~/domain/schedule";
import { useTRPC } from "~/trpc/react";

const loadSimulator = () => import("./keep-simulator");

/**
 * What the rules would keep and remove of the archives that this plan has now, and what they would leave of a year to come, beside what is
 * saved. Reckoned in the browser by the server's own function; nothing is done by looking.
 */
export function KeepPreview({
  planId,
  keep,
  saved,
  schedule,
}: {
  planId: string | null;
  keep: KeepRules | null;
  /** As it is saved; for a new plan the same as `keep`. */
  saved: KeepRules | null;
  schedule: Schedule | null;
}) {
  const trpc = useTRPC();
  const retained = useQuery({
    ...trpc.archives.retained.queryOptions({ planId: planId ?? "" }),
    enabled: planId !== null,
  });
  const { part, want } = useLate(loadSimulator);
  useEffect(want, [want]);
  const deferred = useDeferredValue(keep);
  if (retained.error && !retained.data) {
    return (
      <ErrorState
        title="The preview could not be made"
        error={retained.error}
        retry={() => void retained.refetch()}
      />
    );
  }
  if (!part || (planId !== null && !retained.data)) return <Skeleton className="h-96 rounded-md" />;
  return (
    <part.KeepSimulator
      retained={retained.data ?? null}
      keep={deferred}
      saved={planId === null ? deferred : saved}
      schedule={schedule}
      stale={deferred !== keep}
    />
  );
}
