"use client";

import { useId, useMemo } from "react";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { isZone } from "~/domain/zone";

/** The zone on whose wall clock the times stand. Typed with suggestions: there are 400 of them. */
export function ZoneField({
  label = "Time zone",
  value,
  onChange,
}: {
  label?: string;
  value: string;
  onChange: (zone: string) => void;
}) {
  const id = useId();
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  return (
    <>
      <Field
        label={label}
        hint="Times keep their place on this wall clock when clocks change."
        error={isZone(value) ? undefined : "There is no such time zone. Write it as Europe/Berlin."}
      >
        <Input
          list={id}
          value={value}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <datalist id={id}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
