"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { RepositoryStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";

/** Where this client's archives lie. */
export function RepositoriesOfClient({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.repositories.list.queryOptions({ clientId }));
  return (
    <Section
      title="Repositories"
      action={
        <May action="manage-repositories" client={clientId}>
          <ButtonLink size="small" href={`/repositories/new?client=${clientId}`}>
            Make a repository
          </ButtonLink>
        </May>
      }
    >
      {!data ? (
        <Skeleton className="h-16 rounded-md" />
      ) : data.items.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">No repository yet.</p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {data.items.map((repository) => (
            <li key={repository.id} className="grid gap-1 border-b px-4 py-2.5 last:border-b-0">
              <div className="flex items-center justify-between gap-3">
                <TextLink row href={`/repositories/${repository.id}`} className="truncate">
                  {repository.name}
                </TextLink>
                <RepositoryStateBadge state={repository.state} held={repository.heldAt !== null} />
              </div>
              <div className="flex justify-between gap-3 text-[0.8125rem] text-ink-soft">
                <span>
                  {formatCount(repository.archiveCount)}{" "}
                  {repository.archiveCount === 1 ? "archive" : "archives"}
                </span>
                <Bytes value={repository.sizeBytes} absent="not measured" />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
