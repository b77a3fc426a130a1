"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { JobTable } from "../system/job-table";

/** What was done on and for this client, the newest first. */
export function JobsOfClient({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.jobs.list.queryOptions({ clientId, limit: 10 }));
  return (
    <Section title="Timeline" action={<TextLink href={`/jobs?clientId=${clientId}`}>All jobs</TextLink>}>
      {data && data.items.length > 0 ? (
        <JobTable jobs={data.items} label="Jobs of this client" ownClient />
      ) : data ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">Nothing was done yet.</p>
      ) : error ? (
        <ErrorState error={error} retry={() => refetch()} />
      ) : (
        <SkeletonRows rows={5} />
      )}
    </Section>
  );
}
