"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { ScanSearch, X } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { DryRunState } from "./dry-run-state";
import { whyNoLook } from "./why-no-look";

/** What a plan would back up now, asked of the machine. The dry run that is shown stands in the address. */
export function DryRunOfPlan({ plan }: { plan: { id: string; clientId: string } }) {
  return (
    <May action="browse-live-disk" client={plan.clientId}>
      <DryRun plan={plan} />
    </May>
  );
}

function DryRun({ plan }: { plan: { id: string; clientId: string } }) {
  const trpc = useTRPC();
  const [jobId, setJobId] = useQueryState("dry-run", parseAsString);
  const { data: client } = useQuery(trpc.clients.get.queryOptions({ id: plan.clientId }));
  const start = useMutation(
    trpc.looks.dryRun.mutationOptions({ onSuccess: ({ jobId: begun }) => void setJobId(begun) }),
  );
  const why = client ? whyNoLook(client) : null;
  return (
    <Section
      title="Dry run"
      note={
        jobId || why
          ? undefined
          : "What a backup by this plan would take now, counted on the machine. No backup is made."
      }
      action={
        <div className="flex gap-2">
          {jobId ? (
            <Button size="small" variant="quiet" onClick={() => void setJobId(null)}>
              <X aria-hidden />
              Close
            </Button>
          ) : null}
          <Button
            size="small"
            busy={start.isPending}
            disabled={!client || why !== null}
            onClick={() => start.mutate({ planId: plan.id })}
          >
            <ScanSearch aria-hidden />
            {jobId ? "Again" : "Dry run"}
          </Button>
        </div>
      }
    >
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
        {why ? (
          <p className="text-ink-soft">
            {why.title}.{" "}
            {why.line ? (
              <TextLink inline href={`/clients/${plan.clientId}/disk`}>
                What its administrator can do
              </TextLink>
            ) : null}
          </p>
        ) : null}
        {start.error ? <ErrorState title="The dry run did not begin" error={start.error} /> : null}
        {jobId ? <DryRunState key={jobId} jobId={jobId} /> : null}
      </div>
    </Section>
  );
}
