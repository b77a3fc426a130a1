"use client";

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { RepositoryStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { ArchiveShortTable } from "../system/archive-short-table";
import { May, MayAdminister } from "../system/may";
import { RepositorySessions } from "../vault/repository-sessions";
import { VaultCard } from "../vault/vault-card";
import { BeingDeleted } from "./delete-repository";
import { RepositoryChecks } from "./repository-checks";
import { RepositoryDangerZone } from "./repository-danger-zone";
import { RepositoryFacts } from "./repository-facts";
import { RepositoryPlans } from "./repository-plans";
import { RepositoryProtections } from "./repository-protections";
import { RepositoryRetry } from "./repository-retry";
import { RepositorySentence } from "./repository-sentence";

/** One repository: is it fine, how big, what is in it, what protects it. */
export function RepositoryPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: repository } = useSuspenseQuery(trpc.repositories.get.queryOptions({ id }));
  const isRemoved = repository.deleteAfter !== null;
  const archives = useQuery(trpc.archives.list.queryOptions({ repositoryId: id, limit: 20 }));
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Repositories", href: "/repositories" }]}
        title={repository.name}
        badge={<RepositoryStateBadge state={repository.state} held={repository.heldAt !== null} />}
        state={<RepositorySentence repository={repository} />}
        actions={
          repository.state === "ready" && repository.planCount === 0 && !isRemoved ? (
            <May action="manage-plans" client={repository.clientId}>
              <ButtonLink
                variant="primary"
                href={`/plans/new?client=${repository.clientId}&repository=${repository.id}`}
              >
                Make a plan
              </ButtonLink>
            </May>
          ) : null
        }
      />
      {isRemoved ? <BeingDeleted repository={repository} /> : null}
      {repository.state === "failed" ? <RepositoryRetry repository={repository} /> : null}
      {repository.state === "ready" ? <VaultCard repository={repository} /> : null}
      {repository.state === "ready" ? <RepositoryChecks repository={repository} /> : null}
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-6">
          <Section
            title="Newest archives"
            action={<TextLink href={`/archives?repositoryId=${repository.id}`}>All archives</TextLink>}
          >
            <ArchiveShortTable
              archives={archives.data?.items}
              error={archives.error}
              retry={() => archives.refetch()}
            />
          </Section>
          <RepositoryPlans
            plans={repository.plans}
            clientId={repository.clientId}
            repositoryId={repository.id}
          />
          {repository.state === "ready" ? <RepositorySessions repositoryId={repository.id} /> : null}
        </div>
        <div className="grid min-w-0 gap-6 md:grid-cols-2 xl:grid-cols-1">
          <RepositoryFacts repository={repository} />
          <MayAdminister>
            <RepositoryProtections />
          </MayAdminister>
        </div>
      </div>
      {isRemoved ? null : (
        <May action="manage-repositories" client={repository.clientId}>
          <RepositoryDangerZone repository={repository} />
        </May>
      )}
    </>
  );
}
