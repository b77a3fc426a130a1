"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { useMay, useMayAdminister } from "../system/use-may";
import { FirstRun } from "./first-run";
import { FleetGrid } from "./fleet-grid";
import { fleetSentence } from "./fleet-sentence";
import { LastDrills } from "./last-drills";
import { NeedsYou } from "./needs-you";
import { NextDay } from "./next-day";
import { NothingYet } from "./nothing-yet";
import { RecentJobs } from "./recent-jobs";
import { RunningNow } from "./running-now";
import { StorageCard } from "./storage-card";

/** Am I safe, what happens now, what do I have to do. */
export function OverviewPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.overview.get.queryOptions());
  const mayAdd = useMay("manage-clients");
  const seesRoom = useMayAdminister();
  const empty = data.counts.clients === 0;
  const held = data.needsYou.filter((need) => need.kind === "repository-held").length;
  return (
    <>
      <PageHeader
        title="Overview"
        state={<span className="text-base text-ink">{fleetSentence(data.counts, held)}</span>}
        actions={
          empty ? null : (
            <May action="manage-clients">
              <ButtonLink href="/clients/new" variant="secondary">
                Add a client
              </ButtonLink>
            </May>
          )
        }
      />
      {mayAdd ? <FirstRun clients={data.counts.clients} archives={data.archives.count} /> : null}
      {empty && !mayAdd ? <NothingYet /> : null}
      {empty ? null : (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 xl:grid-cols-[minmax(0,1fr)_24rem] xl:grid-rows-[auto_1fr]">
          <FleetGrid rows={data.grid} clients={data.counts.clients} />
          <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-6 md:grid-cols-2 xl:row-span-2 xl:grid-cols-[minmax(0,1fr)]">
            <NeedsYou items={data.needsYou} />
            <RunningNow jobs={data.running} />
            <NextDay />
            <LastDrills />
            <Section title="Storage" boxed>
              <StorageCard storage={seesRoom ? data.storage : undefined} archives={data.archives} />
            </Section>
          </div>
          <RecentJobs jobs={data.recent} />
        </div>
      )}
    </>
  );
}
