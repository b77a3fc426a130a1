"use client";

import { useQuery } from "@tanstack/react-query";
import { Controller, useFormContext, useWatch } from "react-hook-form";
import { CheckboxField } from "~/components/ui/checkbox-field";
import type { PlanDraft } from "~/domain/plan-input";
import { useTRPC } from "~/trpc/react";

/** The machine's other repositories, to be written to as well. Nothing where it has only one. */
export function MoreRepositories() {
  const trpc = useTRPC();
  const { control, formState } = useFormContext<PlanDraft>();
  const clientId = useWatch({ control, name: "clientId" });
  const first = useWatch({ control, name: "repositoryId" });
  const { data } = useQuery({
    ...trpc.repositories.list.queryOptions({ clientId, limit: 200 }),
    enabled: clientId !== "",
  });
  const others = clientId === "" ? [] : (data?.items ?? []).filter(({ id }) => id !== first);
  if (others.length === 0 || first === "") return null;
  return (
    <Controller
      control={control}
      name="moreRepositoryIds"
      render={({ field }) => (
        <fieldset className="grid gap-2 sm:col-span-2">
          <legend className="mb-1 font-medium">
            Also to <span className="font-normal text-ink-soft">(optional)</span>
          </legend>
          <p className="text-[0.8125rem] text-ink-soft">
            Each gets an archive, a job and a result of its own; one that fails holds up no other.
          </p>
          {others.map((repository) => (
            <CheckboxField
              key={repository.id}
              label={repository.name}
              hint={repository.state === "failed" ? "It could not be made." : undefined}
              disabled={repository.state === "failed" && !field.value.includes(repository.id)}
              checked={field.value.includes(repository.id)}
              onCheckedChange={(on) =>
                field.onChange(
                  on ? [...field.value, repository.id] : field.value.filter((id) => id !== repository.id),
                )
              }
            />
          ))}
          {formState.errors.moreRepositoryIds?.message ? (
            <p role="alert" className="text-[0.8125rem] text-fail">
              {formState.errors.moreRepositoryIds.message}
            </p>
          ) : null}
        </fieldset>
      )}
    />
  );
}
