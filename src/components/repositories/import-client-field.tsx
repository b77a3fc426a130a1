"use client";

import { useQuery } from "@tanstack/react-query";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { useTRPC } from "~/trpc/react";

/** Whose an imported repository shall be: a client that has an account on the storage node. */
export function ImportClientField({
  value,
  onChange,
  error,
}: {
  value: string | null;
  onChange: (clientId: string) => void;
  error: string | undefined;
}) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.clients.list.queryOptions({ limit: 200 }));
  const enrolled = (data?.items ?? []).filter(({ state }) => state !== "waiting");
  return (
    <Field
      label="Client"
      hint="Whose repository it shall be: only that machine can add to it, and read it."
      error={error}
    >
      <Select
        choices={enrolled.map(({ id, name, hostname }) => ({
          value: id,
          label: name,
          detail: hostname ?? undefined,
        }))}
        value={enrolled.some(({ id }) => id === value) ? value : null}
        onChange={onChange}
        placeholder="Choose a client"
      />
    </Field>
  );
}
