"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { PlanObjective } from "~/components/alerts/plan-objective";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { toast } from "~/components/ui/toast";
import { summarizePlan } from "~/domain/plan-words";
import { useTRPC } from "~/trpc/react";
import { JobTable } from "../jobs/job-table";
import { DryRunOfPlan } from "../looks/dry-run-of-plan";
import { DrillPlanNow } from "../reports/drill-now";
import { NextRun } from "../schedules/next-run";
import { PauseButton } from "../schedules/pause-button";
import type { Api } from "../system/api";
import { May } from "../system/may";
import { BackUpNow } from "./back-up-now";
import { DuplicatePlan } from "./duplicate-plan";
import { PlanFacts } from "./plan-facts";
import { PlanOptionFacts } from "./plan-option-facts";
import { PlanRepositories } from "./plan-repositories";

type Plan = Api["plans"]["get"];

/** Runs shown on the plan's page; the Jobs page has the rest. */
const LAST_RUNS = 8;

/** One plan: what it does, how its last runs went, and starting it. */
export function PlanView({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.plans.get.queryOptions({ id }));
  if (query.isPending) return <SkeletonRows />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const plan = query.data;
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Plans", href: "/plans" }]}
        title={plan.name}
        badge={plan.pausedAt ? <NextRun plan={plan} /> : null}
        state={summarizePlan(
          { ...plan, schedule: plan.schedule?.schedule ?? null },
          {
            client: plan.clientName,
            repository: plan.repositoryName,
            moreRepositories: plan.repositories
              .filter(({ id: own }) => own !== plan.repositoryId)
              .map(({ name }) => name),
          },
        )}
        actions={
          <>
            <BackUpNow plan={plan} />
            <DrillPlanNow plan={plan} />
            {plan.schedule ? <PauseButton plan={plan} paused={plan.pausedAt !== null} /> : null}
            <May action="manage-plans" client={plan.clientId}>
              <ButtonLink href={`/plans/${id}/edit`}>
                <Pencil aria-hidden />
                Edit
              </ButtonLink>
              <DuplicatePlan plan={plan} />
              <RemovePlan plan={plan} />
            </May>
          </>
        }
      />
      <PlanObjective id={id} />
      {plan.repositories.length > 1 ? <PlanRepositories repositories={plan.repositories} /> : null}
      <PlanFacts plan={plan} />
      <PlanOptionFacts plan={plan} />
      <LastRuns plan={plan} />
      <DryRunOfPlan plan={plan} />
    </>
  );
}

function LastRuns({ plan }: { plan: Plan }) {
  const trpc = useTRPC();
  const runs = useQuery(
    trpc.jobs.list.queryOptions({ planId: plan.id, kinds: ["backup"], limit: LAST_RUNS }),
  );
  return (
    <Section
      title="Last runs"
      action={
        <ButtonLink size="small" href={`/jobs?planId=${plan.id}`}>
          All jobs of this plan
        </ButtonLink>
      }
    >
      {runs.isPending ? <SkeletonRows rows={4} /> : null}
      {runs.isError && !runs.data ? (
        <ErrorState error={runs.error} retry={() => void runs.refetch()} />
      ) : null}
      {runs.data?.items.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">It has never run.</p>
      ) : null}
      {runs.data && runs.data.items.length > 0 ? (
        <JobTable
          jobs={runs.data.items}
          label="Last runs"
          about={false}
          into={plan.repositories.length > 1}
        />
      ) : null}
    </Section>
  );
}

function RemovePlan({ plan }: { plan: Plan }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.plans.remove.mutationOptions({
      onSuccess: () => {
        toast.done(`The plan ${plan.name} is removed`, "Its archives stay.");
        void queryClient.invalidateQueries(trpc.plans.list.pathFilter());
        router.push("/plans");
      },
    }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button variant="danger">
          <Trash2 aria-hidden />
          Remove
        </Button>
      }
      title="Remove this plan?"
      name={plan.name}
      lost="What this plan says: its directories, what it leaves out, its compression. It will not run again."
      kept="Every archive it has made, the repository, and the jobs with their logs."
      action="Remove the plan"
      confirm={(typedName) => remove.mutateAsync({ id: plan.id, typedName })}
    />
  );
}
