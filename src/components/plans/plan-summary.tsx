"use client";

import { useFormContext, useWatch } from "react-hook-form";
import { EMPTY_PLAN } from "~/domain/plan-draft";
import type { PlanDraft } from "~/domain/plan-input";
import { summarizePlan } from "~/domain/plan-words";
import { useClientChoices, useRepositoryChoices } from "./use-choices";

/** The plan in one paragraph, as it stands in the form. */
export function PlanSummary() {
  const { control } = useFormContext<PlanDraft>();
  const keep = useWatch({ control, name: "keep" });
  const [options, objectives, schedule, more] = useWatch({
    control,
    name: ["options", "objectives", "schedule", "moreRepositoryIds"],
  });
  const plan = { ...EMPTY_PLAN, ...useWatch({ control }), keep, options, objectives, schedule };
  const clients = useClientChoices();
  const repositories = useRepositoryChoices(plan.clientId || null);
  const names = {
    client: clients.find((client) => client.value === plan.clientId)?.label ?? null,
    repository: repositories.find((repository) => repository.value === plan.repositoryId)?.label ?? null,
    moreRepositories: repositories.filter(({ value }) => more.includes(value)).map(({ label }) => label),
  };
  return (
    <p className="max-w-prose break-words rounded-md border bg-sunken p-4" aria-live="polite">
      {summarizePlan(plan, names)}
    </p>
  );
}
