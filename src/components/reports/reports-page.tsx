"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Award } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { CopyLine } from "~/components/ui/copy-line";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { Section } from "~/components/ui/section";
import { Skeleton, SkeletonRows } from "~/components/ui/skeleton";
import { DRILL_OUTCOMES } from "~/domain/drill";
import { useTRPC } from "~/trpc/react";
import { useClientChoices, usePlanChoices } from "../plans/use-choices";
import { CERTIFICATE_FILTERS, certificateListInput } from "./certificate-list-input";
import { CertificateTable } from "./certificate-table";
import { OUTCOME_WORDS } from "./outcome-badge";

/** What was proven: the restore drills of every machine with their certificates, and the key that signs them. */
export function ReportsPage() {
  return (
    <>
      <Certificates />
      <SigningKey />
    </>
  );
}

function Certificates() {
  const trpc = useTRPC();
  const [filters] = useFilters(CERTIFICATE_FILTERS);
  const clients = useClientChoices();
  const plans = usePlanChoices(filters.clientId ?? null);
  const list = useInfiniteQuery(
    trpc.reports.certificates.infiniteQueryOptions(certificateListInput(filters), {
      ...PAGED,
      placeholderData: (before) => before,
    }),
  );
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = CERTIFICATE_FILTERS.some((key) => filters[key]);
  return (
    <>
      <FilterBar
        searchLabel={null}
        filters={[
          { key: "clientId", label: "Client", choices: clients },
          { key: "planId", label: "Plan", choices: plans },
          {
            key: "outcome",
            label: "Came to",
            choices: DRILL_OUTCOMES.map((value) => ({ value, label: OUTCOME_WORDS[value] })),
          },
        ]}
      />
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && rows.length === 0 ? <NoDrills filtered={isFiltered} /> : null}
      {rows.length > 0 ? (
        <div className="grid gap-2">
          <CertificateTable certificates={rows} />
          <LoadMore
            shown={rows.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="drills"
          />
        </div>
      ) : null}
    </>
  );
}

function NoDrills({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={Award}
        title="No drill fits these filters."
        action={<ButtonLink href="/reports">Show all drills</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={Award}
      title="No restore was proven yet."
      action={
        <ButtonLink href="/plans" variant="primary">
          Go to the plans
        </ButtonLink>
      }
      line="npx bbs drill plan PLAN"
    >
      A drill brings files back out of an archive and compares them with what the machine hashed of its live
      ones beside the backup. Press Drill now on a plan, or let the plan do it every month: Edit, Restore
      drills.
    </EmptyState>
  );
}

function SigningKey() {
  const trpc = useTRPC();
  const key = useQuery(trpc.reports.key.queryOptions());
  return (
    <Section
      title="The key that signs"
      note="Each certificate is signed by this server (Ed25519). Keep the public key where the certificates go: with it anybody can check one, without this server."
      boxed
    >
      {key.data ? (
        <div className="grid gap-2">
          <CopyLine text={key.data.publicKey} label="Copy the public key" />
          <CopyLine
            text={`npx bbs certificate verify certificate.json --key ${key.data.publicKey}`}
            label="Copy the command"
          />
        </div>
      ) : key.isError ? (
        <ErrorState error={key.error} retry={() => void key.refetch()} />
      ) : (
        <Skeleton className="h-16 rounded-md" />
      )}
    </Section>
  );
}
