"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Controller, useFormContext, useWatch } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Notice } from "~/components/ui/notice";
import { Select } from "~/components/ui/select";
import { TextLink } from "~/components/ui/text-link";
import type { PlanDraft } from "~/domain/plan-input";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { MoreRepositories } from "./more-repositories";
import { useClientChoices } from "./use-choices";

/** The machine and its repository. A plan that exists keeps its machine. */
export function PlanWhere({ fixedClient }: { fixedClient: boolean }) {
  const { control, formState, setValue } = useFormContext<PlanDraft>();
  const clientId = useWatch({ control, name: "clientId" });
  const clients = useClientChoices(fixedClient ? undefined : "manage-plans");
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Controller
        control={control}
        name="clientId"
        render={({ field }) => (
          <Field
            label="Client"
            error={formState.errors.clientId?.message}
            hint={
              fixedClient ? "A plan belongs to its machine. For another one make another plan." : undefined
            }
          >
            <Select
              choices={clients}
              value={field.value || null}
              disabled={fixedClient}
              placeholder="Choose a machine"
              onChange={(value) => {
                field.onChange(value);
                setValue("repositoryId", "", { shouldDirty: true });
                setValue("moreRepositoryIds", [], { shouldDirty: true });
              }}
            />
          </Field>
        )}
      />
      <RepositoryChoice clientId={clientId} />
      <MoreRepositories />
      {clients.length === 0 ? (
        <Notice tone="info" title="No machine is there yet">
          <May action="manage-clients" otherwise="An admin has to add one first.">
            <TextLink inline href="/clients/new">
              Add a client
            </TextLink>{" "}
            first.
          </May>
        </Notice>
      ) : null}
    </div>
  );
}

function RepositoryChoice({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { control, formState, setValue, getValues } = useFormContext<PlanDraft>();
  const { data } = useQuery({
    ...trpc.repositories.list.queryOptions({ clientId, limit: 200 }),
    enabled: clientId !== "",
  });
  const repositories = clientId === "" ? [] : (data?.items ?? []);
  const only = repositories.length === 1 ? repositories[0]?.id : undefined;
  useEffect(() => {
    // The one repository of a machine is what is meant; it is filled in, but not over somebody's choice.
    if (only && getValues("repositoryId") === "") setValue("repositoryId", only, { shouldValidate: true });
  }, [only, getValues, setValue]);
  const none = clientId !== "" && data !== undefined && repositories.length === 0;
  return (
    <Controller
      control={control}
      name="repositoryId"
      render={({ field }) => (
        <Field
          label="Repository"
          error={formState.errors.repositoryId?.message}
          hint={
            none ? (
              <>
                This machine has no repository yet.{" "}
                <May
                  action="manage-repositories"
                  client={clientId}
                  otherwise="Ask somebody who may make one for it."
                >
                  <TextLink inline href={`/repositories/new?client=${clientId}`}>
                    Make one
                  </TextLink>
                  , it takes a few seconds.
                </May>
              </>
            ) : undefined
          }
        >
          <Select
            choices={repositories.map((repository) => ({
              value: repository.id,
              label: repository.name,
              ...(repository.state === "ready" ? {} : { detail: STATES[repository.state] }),
              disabled: repository.state === "failed",
            }))}
            value={field.value || null}
            disabled={clientId === "" || none}
            placeholder={clientId === "" ? "Choose a machine first" : "Choose a repository"}
            onChange={(value) => {
              field.onChange(value);
              setValue(
                "moreRepositoryIds",
                getValues("moreRepositoryIds").filter((id) => id !== value),
                { shouldDirty: true },
              );
            }}
          />
        </Field>
      )}
    />
  );
}

const STATES = { creating: "being made", failed: "could not be made" } as const;
