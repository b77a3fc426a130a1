"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { JobStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { NextRun } from "../schedules/next-run";
import { May } from "../system/may";

/** What is backed up on this client. */
export function PlansOfClient({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.plans.list.queryOptions({ clientId }));
  return (
    <Section
      title="Plans"
      action={
        <May action="manage-plans" client={clientId}>
          <ButtonLink size="small" href={`/plans/new?client=${clientId}`}>
            Make a plan
          </ButtonLink>
        </May>
      }
    >
      {!data ? (
        <Skeleton className="h-16 rounded-md" />
      ) : data.items.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">
          No plan yet: nothing of this machine is backed up.
        </p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {data.items.map((plan) => (
            <li key={plan.id} className="grid gap-1 border-b px-4 py-2.5 last:border-b-0">
              <div className="flex items-center justify-between gap-3">
                <TextLink row href={`/plans/${plan.id}`} className="truncate">
                  {plan.name}
                </TextLink>
                {plan.lastRun ? <JobStateBadge state={plan.lastRun.state} /> : null}
              </div>
              <div className="flex justify-between gap-3 text-[0.8125rem] text-ink-soft">
                <span className="truncate font-mono">{plan.sources.join(" ")}</span>
                <span className="flex shrink-0 flex-wrap justify-end gap-x-3">
                  <RelativeTime at={plan.lastArchiveAt} absent="no archive yet" />
                  <span>
                    next: <NextRun plan={plan} />
                  </span>
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
