"use client";

import { Controller, type UseFormReturn } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { RadioGroup } from "~/components/ui/radio-group";
import { Section } from "~/components/ui/section";
import { Select } from "~/components/ui/select";
import type { OidcDraft } from "./oidc-draft";

const CHOICES = [
  { value: "deny", label: "Stay out", hint: "Only who has an account here comes in." },
  {
    value: "pending",
    label: "Wait for an admin",
    hint: "They get an account that may do nothing until an admin lets them in under People.",
  },
  {
    value: "let-in",
    label: "Come in at once",
    hint: "Whoever has an account at the provider gets one here, with these permissions for all clients.",
  },
] as const;

const SETS = [
  { value: "viewer", label: "Viewer", detail: "sees clients, jobs and archives" },
  { value: "operator", label: "Operator", detail: "also backs up and restores" },
  { value: "owner", label: "Owner", detail: "everything, also deleting archives and seeing passphrases" },
] as const;

/** What becomes of people whom the provider vouches for and nobody here has invited. */
export function OidcNewPeople({ form }: { form: UseFormReturn<OidcDraft> }) {
  const { control, watch } = form;
  return (
    <Section
      title="People whom nobody has invited"
      note="Who has an account here already comes into it when the provider says that it has verified the same e-mail address. An address that is not verified opens nothing."
    >
      <div className="grid gap-4">
        <Controller
          control={control}
          name="newPeople"
          render={({ field }) => (
            <RadioGroup
              label="People whom nobody has invited"
              choices={CHOICES}
              value={field.value}
              onChange={field.onChange}
            />
          )}
        />
        {watch("newPeople") === "let-in" ? (
          <Controller
            control={control}
            name="preset"
            render={({ field }) => (
              <Field label="What they may do" className="max-w-sm">
                <Select choices={SETS} value={field.value} onChange={field.onChange} />
              </Field>
            )}
          />
        ) : null}
      </div>
    </Section>
  );
}
