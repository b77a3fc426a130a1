"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { PageHeader } from "~/components/ui/page-header";
import { ClientStateBadge } from "~/components/ui/state-badge";
import { useTRPC } from "~/trpc/react";
import { DiskOfClient } from "../looks/disk-of-client";
import { GapsOfClient } from "../looks/gaps-of-client";
import { RestoreTime } from "../reports/restore-time";
import { May } from "../system/may";
import { ArchivesOfClient } from "./archives-of-client";
import { ClientActions } from "./client-actions";
import { ClientChecklist } from "./client-checklist";
import { ClientDangerZone } from "./client-danger-zone";
import { ClientMachine } from "./client-machine";
import { ClientPolicy } from "./client-policy";
import { ClientSentence } from "./client-sentence";
import { EnrolAgain } from "./enrol-again";
import { GateSessions } from "./gate-sessions";
import { JobsOfClient } from "./jobs-of-client";
import { PlansOfClient } from "./plans-of-client";
import { QuotaOfClient } from "./quota-of-client";
import { RepositoriesOfClient } from "./repositories-of-client";
import { RestoresOfClient } from "./restores-of-client";
import { TagsOfClient } from "./tags-of-client";

/** One machine: is it safe, what happened, what can be done. */
export function ClientPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: client } = useSuspenseQuery(trpc.clients.get.queryOptions({ id }));
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Clients", href: "/clients" }]}
        title={client.name}
        badge={<ClientStateBadge state={client.state} />}
        state={<ClientSentence client={client} />}
        actions={<ClientActions client={client} />}
      />
      {client.state === "waiting" ? <EnrolAgain client={client} /> : null}
      <ClientChecklist clientId={client.id} clientName={client.name} hideWhenDone />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-6">
          <JobsOfClient clientId={client.id} />
          <ArchivesOfClient clientId={client.id} />
          <RestoresOfClient clientId={client.id} />
          <GateSessions clientId={client.id} />
        </div>
        <div className="grid min-w-0 gap-6 md:grid-cols-2 xl:grid-cols-1">
          <PlansOfClient clientId={client.id} />
          <RestoreTime clientId={client.id} />
          <GapsOfClient client={client} />
          <RepositoriesOfClient clientId={client.id} />
          <QuotaOfClient client={client} />
          <TagsOfClient client={client} />
          <ClientMachine client={client} />
          <ClientPolicy client={client} />
          <DiskOfClient client={client} />
        </div>
      </div>
      <May action="manage-clients" client={client.id}>
        <ClientDangerZone client={client} />
      </May>
    </>
  );
}
