"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Controller, useForm, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import type { OfferedEncryption } from "~/domain/repository";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { useMayOf } from "../system/use-may";
import { EncryptionField } from "./encryption-field";
import { quotaProblem, readGib } from "./gib";
import { LocationField } from "./location-field";

interface Draft {
  clientId: string;
  name: string;
  quotaGib: string;
  encryption: OfferedEncryption;
  location: string;
}

/** Client, name, quota, encryption. The repository is made in the background; its page shows how that goes. */
export function CreateRepository({ startClientId }: { startClientId: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { data: clients } = useSuspenseQuery(trpc.clients.list.queryOptions({ limit: 200 }));
  const create = useMutation(trpc.repositories.create.mutationOptions());
  const may = useMayOf("manage-repositories");
  const enrolled = clients.items.filter((client) => client.state !== "waiting" && may(client.id));
  const { register, handleSubmit, formState, setError, control } = useForm<Draft>({
    defaultValues: {
      clientId:
        enrolled.find((client) => client.id === startClientId)?.id ??
        (enrolled.length === 1 ? enrolled[0]?.id : "") ??
        "",
      name: "main",
      quotaGib: "",
      encryption: "repokey-blake2",
      location: "main",
    },
    mode: "onTouched",
  });
  const { errors, isSubmitting } = formState;
  const clientId = useWatch({ control, name: "clientId" });

  if (enrolled.length === 0) {
    return (
      <EmptyState
        title="No client is enrolled yet."
        action={
          <May action="manage-clients">
            <ButtonLink href="/clients/new" variant="primary">
              Add a client
            </ButtonLink>
          </May>
        }
      >
        A repository belongs to a client, which must have appeared once.
      </EmptyState>
    );
  }

  const submit = handleSubmit(async ({ clientId: owner, name, quotaGib, encryption: chosen, location }) => {
    const quotaBytes = readGib(quotaGib);
    try {
      const { id } = await create.mutateAsync({
        clientId: owner,
        name: name.trim(),
        quotaBytes,
        encryption: chosen,
        location,
      });
      router.push(`/repositories/${id}`);
    } catch (error) {
      const problem = problemOf(error);
      setError(problem.code === "name-taken" ? "name" : "root", { message: problem.say });
    }
  });

  return (
    <form className="grid max-w-md gap-4" onSubmit={submit} noValidate>
      <Controller
        control={control}
        name="clientId"
        rules={{ required: "Choose whose archives it will hold." }}
        render={({ field }) => (
          <Field label="Client" error={errors.clientId?.message}>
            <Select
              choices={enrolled.map((client) => ({
                value: client.id,
                label: client.name,
                detail: client.hostname ?? undefined,
              }))}
              value={field.value || null}
              onChange={field.onChange}
              placeholder="Choose a client"
            />
          </Field>
        )}
      />
      <Field label="Name" error={errors.name?.message}>
        <Input
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          {...register("name", { validate: (name) => name.trim() !== "" || "Give it a name." })}
        />
      </Field>
      <Field
        label="Quota in GiB"
        optional
        hint="The storage node refuses to let the repository grow beyond it: a machine gone wild cannot fill the disk of all others. borg takes no quota below 10 MB. Empty: no quota."
        error={errors.quotaGib?.message}
      >
        <Input
          inputMode="decimal"
          className="w-32"
          {...register("quotaGib", {
            validate: (text) => quotaProblem(text) ?? true,
          })}
        />
      </Field>
      <Controller
        control={control}
        name="location"
        render={({ field }) => (
          <LocationField clientId={clientId} value={field.value} onChange={field.onChange} />
        )}
      />
      <Controller
        control={control}
        name="encryption"
        render={({ field }) => <EncryptionField value={field.value} onChange={field.onChange} />}
      />
      {errors.root?.message ? (
        <p role="alert" className="text-fail">
          {errors.root.message}
        </p>
      ) : null}
      <div>
        <Button type="submit" variant="primary" busy={isSubmitting}>
          Make the repository
        </Button>
      </div>
    </form>
  );
}
