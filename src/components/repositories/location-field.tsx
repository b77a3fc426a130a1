"use client";

import { useQuery } from "@tanstack/react-query";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { useTRPC } from "~/trpc/react";

/** In which storage location a new repository lies. Nothing to choose, and nothing shown, where the node has one only. */
export function LocationField({
  clientId,
  value,
  onChange,
}: {
  clientId: string;
  value: string;
  onChange: (location: string) => void;
}) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.repositories.locations.queryOptions({ clientId }, { enabled: clientId !== "" }),
  );
  if (!data || data.length < 2) return null;
  return (
    <Field
      label="Storage location"
      hint="Locations are named in the storage node's own configuration. It can be moved later."
    >
      <Select
        choices={data.map(({ name, problem }) => ({
          value: name,
          label: name,
          detail: problem ?? undefined,
        }))}
        value={value}
        onChange={onChange}
      />
    </Field>
  );
}
