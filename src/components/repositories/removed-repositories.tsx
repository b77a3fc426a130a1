"use client";

import { useQuery } from "@tanstack/react-query";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";

/** Repositories in their grace period. Nothing where there are none, which is usual. */
export function RemovedRepositories() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.repositories.list.queryOptions({ removed: true, limit: 50 }));
  if (!data || data.items.length === 0) return null;
  return (
    <Section
      title="Going to be deleted"
      note="They take no backups. Until their day they can be brought back."
    >
      <ul className="divide-y rounded-md border bg-panel">
        {data.items.map((repository) => (
          <li key={repository.id} className="flex flex-wrap items-center justify-between gap-2 px-4 py-2">
            <TextLink href={`/repositories/${repository.id}`}>
              {repository.name} of {repository.clientName}
            </TextLink>
            <span className="text-[0.8125rem] text-ink-soft">
              deleted <RelativeTime at={repository.deleteAfter} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
