"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import Link from "next/link";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { LoadMore } from "~/components/ui/load-more";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { MayAdminister } from "../system/may";
import { IncidentBadge } from "./incident-badge";
import { OPEN_INCIDENTS, RESOLVED_INCIDENTS } from "./incident-list-input";
import type { Incident } from "./vault-api";

/** Every time a repository was found not clean: what waits for a decision, and what was decided. */
export function IncidentsPage() {
  const trpc = useTRPC();
  const open = useInfiniteQuery(trpc.vault.incidents.infiniteQueryOptions(OPEN_INCIDENTS, PAGED));
  const resolved = useInfiniteQuery(trpc.vault.incidents.infiniteQueryOptions(RESOLVED_INCIDENTS, PAGED));
  const held = open.data?.pages.flatMap((page) => page.items);
  const past = resolved.data?.pages.flatMap((page) => page.items);
  const failed = [open, resolved].find((list) => list.isError && !list.data);
  return (
    <>
      <PageHeader
        title="Vault"
        state={
          <span className="text-base text-ink">
            {held ? sentence(held.length, open.hasNextPage) : "Reading the incidents."}
          </span>
        }
        actions={
          <MayAdminister>
            <ButtonLink href="/security/attack-lab">Last attack lab run</ButtonLink>
          </MayAdminister>
        }
      />
      {failed ? <ErrorState error={failed.error} retry={() => void failed.refetch()} /> : null}
      {!failed && !(held && past) ? <SkeletonRows rows={4} /> : null}
      {held && held.length > 0 ? (
        <Section title="Waits for a decision">
          <ul className="grid gap-2">
            {held.map((incident) => (
              <HeldIncident key={incident.id} incident={incident} />
            ))}
          </ul>
          {open.hasNextPage ? (
            <LoadMore
              shown={held.length}
              hasMore
              busy={open.isFetchingNextPage}
              onMore={() => void open.fetchNextPage()}
              noun="incidents"
            />
          ) : null}
        </Section>
      ) : null}
      {held && past && held.length + past.length === 0 ? (
        <EmptyState
          icon={ShieldCheck}
          title="No audit has ever found anything."
          line="npx bbs vault incidents"
        >
          After each session every repository is compared with its seal and its ledger. If a client deletes or
          changes what was stored before, the repository is held: nothing of it is deleted, and the decision
          what to do stands here.
        </EmptyState>
      ) : null}
      {past && past.length > 0 ? (
        <Section title="Decided">
          <ResolvedTable incidents={past} />
          <LoadMore
            shown={past.length}
            hasMore={resolved.hasNextPage}
            busy={resolved.isFetchingNextPage}
            onMore={() => void resolved.fetchNextPage()}
            noun="incidents"
          />
        </Section>
      ) : null}
    </>
  );
}

function sentence(held: number, more: boolean): string {
  if (held === 0) return "No repository is held: every audit so far was clean or has been decided.";
  if (held === 1 && !more) return "One repository is held and waits for your decision.";
  return `${held}${more ? " or more" : ""} repositories are held and wait for your decision.`;
}

function HeldIncident({ incident }: { incident: Incident }) {
  return (
    <li>
      <Link
        prefetch={false}
        data-row-link
        href={`/incidents/${incident.id}`}
        className="grid gap-1 rounded-md border border-fail/40 bg-panel px-4 py-3 hover:bg-hover"
      >
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium wrap-anywhere">
            {incident.clientName} / {incident.repositoryName}
          </span>
          <IncidentBadge incident={incident} />
          <RelativeTime at={incident.openedAt} className="text-[0.8125rem] text-ink-soft" />
        </span>
        <span className="text-pretty wrap-anywhere text-ink-soft">{incident.sentence}</span>
      </Link>
    </li>
  );
}

function ResolvedTable({ incidents }: { incidents: readonly Incident[] }) {
  return (
    <Table label="Decided incidents">
      <TableHead>
        <HeadCell>Repository</HeadCell>
        <HeadCell>Decision</HeadCell>
        <HeadCell from="lg">What was found</HeadCell>
        <HeadCell from="sm">By</HeadCell>
        <HeadCell number>When</HeadCell>
      </TableHead>
      <TableBody>
        {incidents.map((incident) => (
          <Row key={incident.id}>
            <Cell className="wrap-anywhere">
              <TextLink row href={`/incidents/${incident.id}`}>
                {incident.clientName} / {incident.repositoryName}
              </TextLink>
            </Cell>
            <Cell className="w-px whitespace-nowrap">
              <IncidentBadge incident={incident} />
            </Cell>
            <Cell from="lg" className="max-w-0">
              <span className="block truncate text-ink-soft" title={incident.sentence}>
                {incident.sentence}
              </span>
            </Cell>
            <Cell from="sm" className="w-px whitespace-nowrap">
              {incident.resolvedByName ?? "the server"}
            </Cell>
            <Cell number className="w-px">
              <RelativeTime at={incident.resolvedAt} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
