"use client";

import { Controller, type UseFormReturn } from "react-hook-form";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Section } from "~/components/ui/section";
import { issuerProblem } from "~/domain/oidc-issuer";
import type { OidcDraft, OidcNow } from "./oidc-draft";
import { OidcTest } from "./oidc-test";

/** Which provider, and what it knows this server by. */
export function OidcProvider({ form, now }: { form: UseFormReturn<OidcDraft>; now: OidcNow }) {
  const { register, control, formState, watch } = form;
  const { errors } = formState;
  const only = !now.localSignIn;
  const [enabled, dropSecret] = watch(["enabled", "dropSecret"]);
  return (
    <Section title="Provider">
      <div className="grid gap-4">
        <Controller
          control={control}
          name="enabled"
          render={({ field }) => (
            <CheckboxField
              label="Let people sign in with OpenID Connect"
              hint="The sign-in page then has a button for it."
              checked={field.value}
              disabled={only}
              onCheckedChange={(value) => {
                field.onChange(value);
                void form.trigger(["issuer", "clientId"]);
              }}
            />
          )}
        />
        <Field label="Name on the button" hint="“Sign in with …”" error={errors.label?.message}>
          <Input {...register("label")} maxLength={40} className="max-w-sm" autoComplete="off" />
        </Field>
        <Field
          label="Issuer"
          hint="Exactly as the provider writes it, with or without a slash at the end. An address inside your network must be allowed under Outgoing connections."
          error={errors.issuer?.message}
        >
          <Input
            {...register("issuer", {
              setValueAs: (text: string) => text.trim(),
              validate: (text) => (text === "" && !enabled ? true : (issuerProblem(text) ?? true)),
            })}
            type="url"
            readOnly={only}
            className="max-w-xl font-mono"
            placeholder="https://login.example.org/realms/office"
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
        <OidcTest form={form} hasStored={now.hasSecret} />
        <Field label="Client id" error={errors.clientId?.message}>
          <Input
            {...register("clientId", {
              setValueAs: (text: string) => text.trim(),
              validate: (text) => !enabled || text.trim() !== "" || "The provider gave you one.",
            })}
            readOnly={only}
            className="max-w-sm font-mono"
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
        <Field
          label="Client secret"
          optional={!now.hasSecret}
          hint={
            now.hasSecret
              ? "One is stored, encrypted, and shown to nobody. Leave this empty to keep it; a new issuer or client id needs it anew."
              : "Stored encrypted and shown to nobody. Without one, PKCE alone protects the exchange."
          }
        >
          <Input
            {...register("secret")}
            type="password"
            className="max-w-sm"
            maxLength={500}
            disabled={dropSecret}
            autoComplete="new-password"
          />
        </Field>
        {now.hasSecret ? (
          <Controller
            control={control}
            name="dropSecret"
            render={({ field }) => (
              <CheckboxField
                label="Take the stored secret away"
                hint="For a provider that knows this server as a public client."
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            )}
          />
        ) : null}
      </div>
    </Section>
  );
}
