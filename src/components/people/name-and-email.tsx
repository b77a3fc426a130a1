"use client";

import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";

/** Whose account it is. */
export function NameAndEmail({
  value,
  onChange,
}: {
  value: { name: string; email: string };
  onChange: (value: { name: string; email: string }) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Name">
        <Input
          value={value.name}
          onChange={(event) => onChange({ ...value, name: event.target.value })}
          maxLength={80}
          autoComplete="off"
        />
      </Field>
      <Field label="E-mail">
        <Input
          type="email"
          value={value.email}
          onChange={(event) => onChange({ ...value, email: event.target.value })}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
    </div>
  );
}
