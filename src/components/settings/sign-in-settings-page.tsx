"use client";

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { PageHeader } from "~/components/ui/page-header";
import { RadioGroup } from "~/components/ui/radio-group";
import { Section } from "~/components/ui/section";
import { Select } from "~/components/ui/select";
import type { Setting } from "~/domain/settings";
import type { RouterOutputs } from "~/server/api/root";
import { useTRPC } from "~/trpc/react";
import { SettingForm } from "./setting-form";
import { ABSOLUTE_HOURS, IDLE_MINUTES, withCurrent } from "./time-choices";

export function SignInSettingsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.signInSettings.get.queryOptions());
  return (
    <>
      <PageHeader title="Sign-in" state="How people show who they are, and for how long that counts." />
      <SignInForm now={data} />
    </>
  );
}

type Now = RouterOutputs["signInSettings"]["get"];

/** Every change holds from everybody's next request on. */
function SignInForm({ now }: { now: Now }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { requireSecondFactor, idleMinutes, absoluteHours, localSignIn } = now;
  const form = useForm<Setting<"sign-in">>({
    defaultValues: { requireSecondFactor, idleMinutes, absoluteHours, localSignIn },
  });
  const save = useConfirmedMutation(
    trpc.signInSettings.save.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.signInSettings.pathFilter()),
    }),
  );
  const { control } = form;
  return (
    <SettingForm form={form} save={save.mutateAsync} done="They hold from everybody's next click on.">
      <Section title="Second factor">
        <Controller
          control={control}
          name="requireSecondFactor"
          render={({ field }) => (
            <CheckboxField
              label="Everybody must have a second factor"
              hint={secondFactorHint(now)}
              checked={field.value}
              onCheckedChange={field.onChange}
              disabled={!now.mine.secondFactor && !field.value}
            />
          )}
        />
      </Section>
      <Section title="How long a sign-in lasts">
        <div className="grid gap-4 sm:grid-cols-2">
          <Controller
            control={control}
            name="idleMinutes"
            render={({ field }) => (
              <Field
                label="Ends when nothing was done for"
                hint="Counted from the last time the browser asked this server anything."
              >
                <Select
                  choices={withCurrent(IDLE_MINUTES, field.value, "minutes")}
                  value={String(field.value)}
                  onChange={(value) => field.onChange(Number(value))}
                />
              </Field>
            )}
          />
          <Controller
            control={control}
            name="absoluteHours"
            render={({ field }) => (
              <Field
                label="Ends in any case after"
                hint="A shorter time also ends sign-ins that are older by now."
              >
                <Select
                  choices={withCurrent(ABSOLUTE_HOURS, field.value, "hours")}
                  value={String(field.value)}
                  onChange={(value) => field.onChange(Number(value))}
                />
              </Field>
            )}
          />
        </div>
      </Section>
      <Section title="Ways in">
        <Controller
          control={control}
          name="localSignIn"
          render={({ field }) => (
            <RadioGroup
              label="Ways in"
              value={field.value ? "all" : "oidc"}
              onChange={(value) => field.onChange(value === "all")}
              choices={[
                {
                  value: "all",
                  label: now.oidc.enabled
                    ? `Passwords, passkeys and ${now.oidc.label}`
                    : "Passwords and passkeys",
                  hint: "People use whichever they have.",
                },
                {
                  value: "oidc",
                  label: `${now.oidc.label} only`,
                  hint: onlyOidcHint(now),
                  disabled: localSignIn && (!now.oidc.enabled || now.mine.by !== "oidc"),
                },
              ]}
            />
          )}
        />
      </Section>
    </SettingForm>
  );
}

function secondFactorHint({ mine, peopleWithout }: Now): string {
  if (!mine.secondFactor)
    return "Set up a second factor for your own account first: without one you would lock yourself out.";
  if (peopleWithout === 0) return "Everybody has one already.";
  const who = peopleWithout === 1 ? "1 person has" : `${peopleWithout} people have`;
  return `${who} none yet. They can do nothing but set one up, and their API tokens are refused until they have.`;
}

function onlyOidcHint({ oidc, mine, localSignIn }: Now): string {
  const back = "If the provider fails, `bbs-admin local-sign-in on` on the server is the way back.";
  if (!localSignIn) return `Passwords, passkeys, links to new passwords and invitations are refused. ${back}`;
  if (!oidc.enabled) return "OpenID Connect is not switched on, so nobody could sign in.";
  if (mine.by !== "oidc")
    return `Sign out and sign in with ${oidc.label} first, so that it is certain that this way works for an admin.`;
  return `Passwords, passkeys, links to new passwords and invitations will be refused; who is signed in stays so. ${back}`;
}
