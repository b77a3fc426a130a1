"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { ErrorState } from "~/components/ui/error-state";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { Checklist } from "../system/checklist";
import { May } from "../system/may";

/** How far this client is on its way to the first backup, live, with the one thing to do next. Gone when all is done. */
export function ClientChecklist({
  clientId,
  clientName,
  hideWhenDone = false,
}: {
  clientId: string;
  clientName: string;
  hideWhenDone?: boolean;
}) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.clients.checklist.queryOptions({ id: clientId }));
  if (error && !data) return <ErrorState error={error} retry={() => refetch()} />;
  if (!data) return hideWhenDone ? null : <Skeleton className="h-32 rounded-md" />;
  const done = data.steps.every((step) => step.done);
  if (done && hideWhenDone) return null;
  return (
    <Section title={done ? `${clientName} is backed up` : `${clientName}, step by step`} boxed>
      <div className="grid justify-items-start gap-4">
        <Checklist steps={data.steps} />
        <NextStep steps={data.steps} clientId={clientId} hideWhenDone={hideWhenDone} />
      </div>
    </Section>
  );
}

function NextStep({
  steps,
  clientId,
  hideWhenDone,
}: {
  steps: Api["clients"]["checklist"]["steps"];
  clientId: string;
  hideWhenDone: boolean;
}) {
  const next = steps.find((step) => !step.done)?.key;
  if (next === "repository") {
    return (
      <May action="manage-repositories" client={clientId}>
        <ButtonLink href={`/repositories/new?client=${clientId}`} variant="primary">
          Make a repository
        </ButtonLink>
      </May>
    );
  }
  if (next === "backup") {
    return (
      <May action="manage-plans" client={clientId}>
        <ButtonLink href={`/plans/new?client=${clientId}`} variant="primary">
          Make a plan
        </ButtonLink>
      </May>
    );
  }
  return hideWhenDone ? null : <ButtonLink href={`/clients/${clientId}`}>Open the client</ButtonLink>;
}
