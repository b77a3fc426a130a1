"use client";

import { type ComponentProps, useId } from "react";
import { Input } from "~/components/ui/input";

/** A box for a name that the machine's policy gives to something, with those that it lists on offer. */
export function NameInput({
  offered,
  onChange,
  ...rest
}: Omit<ComponentProps<typeof Input>, "onChange" | "list"> & {
  offered: readonly string[];
  onChange: (name: string) => void;
}) {
  const list = useId();
  return (
    <>
      <Input
        {...rest}
        list={list}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {offered.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
