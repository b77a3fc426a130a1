"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import type { Encryption } from "~/domain/repository";
import { useTRPC } from "~/trpc/react";
import { AuditLine } from "./audit-line";
import { CompactionLine } from "./compaction-line";
import { KeyLine } from "./key-line";
import { OldSealsLine } from "./old-seals-line";
import { RulesLine } from "./rules-line";
import { SealLine } from "./seal-line";
import { TrashLine } from "./trash-line";
import { VaultLine, VaultLines } from "./vault-line";
import { VaultSentence } from "./vault-sentence";

interface Repository {
  id: string;
  name: string;
  clientId: string;
  encryption: Encryption;
}

/** What protects this repository's archives from its own client: the seal, the audits, the trash, the key. */
export function VaultCard({ repository }: { repository: Repository }) {
  const trpc = useTRPC();
  const {
    data: vault,
    error,
    refetch,
  } = useQuery(trpc.vault.get.queryOptions({ repositoryId: repository.id }));
  return (
    <Section title="Vault" action={<TextLink href="/incidents">All incidents</TextLink>}>
      {vault ? (
        <div className="grid gap-2">
          {vault.incident ? (
            <Notice
              tone="fail"
              title="This repository is held"
              action={
                <ButtonLink variant="primary" href={`/incidents/${vault.incident.id}`}>
                  Review
                </ButtonLink>
              }
            >
              <span className="text-ink">{vault.incident.sentence}</span>
            </Notice>
          ) : null}
          <VaultLines>
            <VaultLine title="State" wide>
              <VaultSentence vault={vault} />
            </VaultLine>
            <SealLine state={vault.state} />
            <AuditLine repository={repository} state={vault.state} updatedAt={vault.updatedAt} />
            {vault.state ? (
              <>
                <TrashLine repositoryId={repository.id} state={vault.state} />
                <OldSealsLine repository={repository} state={vault.state} />
                <CompactionLine repository={repository} state={vault.state} />
                <RulesLine repository={repository} state={vault.state} />
              </>
            ) : null}
            {repository.encryption === "none" ? null : (
              <KeyLine repository={repository} escrowedAt={vault.escrowedAt} />
            )}
          </VaultLines>
        </div>
      ) : error ? (
        <ErrorState title="The vault's state could not be read" error={error} retry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={6} />
      )}
    </Section>
  );
}
