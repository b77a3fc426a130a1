"use client";

import { useState } from "react";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";

/** A whole number within bounds. What is typed outside of them is said at once and not taken. */
export function NumberField({
  label,
  unit,
  hint,
  value,
  least,
  most,
  onChange,
}: {
  label: string;
  /** What is counted, beside the box. */
  unit: string;
  hint?: string;
  value: number;
  least: number;
  most: number;
  onChange: (value: number) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(value);
  const fits = (given: string) => /^\d+$/.test(given) && Number(given) >= least && Number(given) <= most;
  return (
    <Field
      label={
        <>
          {label} <span className="font-normal text-ink-soft">({unit})</span>
        </>
      }
      hint={hint}
      error={fits(text) ? undefined : `A whole number from ${least} to ${most}; until then ${value} stays.`}
    >
      <Input
        inputMode="numeric"
        autoComplete="off"
        className="w-24"
        value={text}
        onChange={(event) => {
          const given = event.target.value.trim();
          setTyped(event.target.value);
          if (fits(given)) onChange(Number(given));
        }}
        onBlur={() => {
          if (fits(text.trim())) setTyped(null);
        }}
      />
    </Field>
  );
}
