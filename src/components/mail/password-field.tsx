"use client";

import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";

/** What becomes of the stored password: another one, `keep`, or none. */
export type MailPassword = { set: string } | "keep" | null;

/** A password that is stored cannot be read; it can be replaced or taken away. An empty field stores none. */
export function PasswordField({
  hasPassword,
  value,
  onChange,
}: {
  hasPassword: boolean;
  value: MailPassword;
  onChange: (value: MailPassword) => void;
}) {
  if (value === "keep") {
    return (
      <div className="grid gap-1.5">
        <p className="font-medium">Password</p>
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-ink-soft">One is stored, encrypted.</span>
          <Button size="small" onClick={() => onChange({ set: "" })}>
            Replace or remove it
          </Button>
        </div>
      </div>
    );
  }
  const text = value === null ? "" : value.set;
  return (
    <div className="grid justify-items-start gap-2">
      <Field
        label="Password"
        optional
        className="w-full"
        hint={hasPassword ? "Left empty, the stored one is removed." : "Stored encrypted, never shown again."}
      >
        <Input
          type="password"
          autoComplete="off"
          maxLength={500}
          value={text}
          onChange={(event) => onChange(event.target.value === "" ? null : { set: event.target.value })}
        />
      </Field>
      {hasPassword ? (
        <Button size="small" onClick={() => onChange("keep")}>
          Keep the stored one
        </Button>
      ) : null}
    </div>
  );
}
