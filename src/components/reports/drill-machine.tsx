"use client";

import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { useClientChoices } from "../plans/use-choices";
import { useMay } from "../system/use-may";

const STORAGE_NODE = "storage-node";

/**
 * Where a drill brings files back: on the storage node, or on a machine that the person may restore to. One that was chosen by somebody else
 * stays to be seen.
 */
export function DrillMachine({
  client,
  value,
  everything,
  onChange,
}: {
  /** The machine that made the archives; absent in a profile. */
  client: string | undefined;
  value: string | undefined;
  everything: boolean;
  onChange: (onto: string | undefined) => void;
}) {
  const mayFrom = useMay("restore", client);
  const machines = useClientChoices("restore").filter((one) => mayFrom && one.value !== client);
  const isOther = value !== undefined && !machines.some((one) => one.value === value);
  return (
    <Field label="Brought back on" hint={hintOf(value, everything)}>
      <Select
        className="max-w-sm"
        choices={[
          { value: STORAGE_NODE, label: "The storage node" },
          ...machines,
          ...(isOther ? [{ value, label: "Another machine, as it was chosen" }] : []),
        ]}
        value={value ?? STORAGE_NODE}
        onChange={(chosen) => onChange(chosen === STORAGE_NODE ? undefined : chosen)}
      />
    </Field>
  );
}

function hintOf(onto: string | undefined, everything: boolean): string {
  if (onto === undefined) return "Nothing goes over the network. It says nothing about that way.";
  return everything
    ? "The whole archive is packed for it and takes that room twice for a while: on the storage node and below its restore folder. Its network and disk are measured."
    : "What is chosen is packed for it, restored below its restore folder, hashed there and removed again. Its network and disk are measured.";
}
