"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { ArchivesThenAndNow } from "./archives-then-and-now";
import { Decide } from "./decide";
import { IncidentBadge } from "./incident-badge";
import { IncidentEvidence } from "./incident-evidence";
import { IncidentFacts } from "./incident-facts";
import { IncidentResolved } from "./incident-resolved";
import { IncidentTimeline } from "./incident-timeline";
import { RotateKey } from "./rotate-key";

/** One incident: what was found, what happened since the last clean state, what can be done, and what was done. */
export function IncidentPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: incident, error, refetch } = useQuery(trpc.vault.incident.queryOptions({ id }));
  if (!incident) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <SkeletonRows rows={8} />;
  }
  const open = incident.resolvedAt === null;
  // A repair is nobody's attack: the client's key is as good as before.
  const isRepair = incident.evidence.some(({ kind }) => kind === "repair-undecided");
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Vault", href: "/incidents" }]}
        title={`${incident.clientName} / ${incident.repositoryName}`}
        badge={<IncidentBadge incident={incident} />}
        state={<span className="text-base text-ink">{incident.sentence}</span>}
        actions={<TextLink href={`/repositories/${incident.repositoryId}`}>Open the repository</TextLink>}
      />
      {open ? null : <IncidentResolved incident={incident} />}
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <IncidentEvidence incident={incident} />
        <IncidentFacts incident={incident} />
      </div>
      {open ? <Decide incident={incident} /> : null}
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-6">
          <Section title="What happened since the last clean state">
            <IncidentTimeline incident={incident} />
          </Section>
          <ArchivesThenAndNow review={incident.review} lastCleanArchives={incident.lastCleanArchives} />
        </div>
        {open && !isRepair ? (
          <May action="manage-clients" client={incident.clientId}>
            <RotateKey incident={incident} />
          </May>
        ) : null}
      </div>
    </>
  );
}
