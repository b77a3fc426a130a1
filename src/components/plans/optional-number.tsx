"use client";

import { useState } from "react";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";

/** A whole number within bounds, or none when the box is empty. What is typed outside of them is said at once and not taken. */
export function OptionalNumber({
  label,
  unit,
  hint,
  none,
  value,
  least,
  most,
  onChange,
}: {
  label: string;
  unit: string;
  hint?: string | undefined;
  /** What an empty box means, shown in it. */
  none: string;
  value: number | null;
  least: number;
  most: number;
  onChange: (value: number | null) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (value === null ? "" : String(value));
  const given = text.trim();
  const fits = given === "" || (/^\d+$/.test(given) && Number(given) >= least && Number(given) <= most);
  return (
    <Field
      label={
        <>
          {label} <span className="font-normal text-ink-soft">({unit})</span>
        </>
      }
      hint={hint}
      error={fits ? undefined : `A whole number from ${least} to ${most}, or nothing.`}
    >
      <Input
        inputMode="numeric"
        autoComplete="off"
        placeholder={none}
        className="max-w-44"
        value={text}
        onChange={(event) => {
          const next = event.target.value.trim();
          setTyped(event.target.value);
          if (next === "") onChange(null);
          else if (/^\d+$/.test(next) && Number(next) >= least && Number(next) <= most)
            onChange(Number(next));
        }}
        onBlur={() => (fits ? setTyped(null) : undefined)}
      />
    </Field>
  );
}
