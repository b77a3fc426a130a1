"use client";

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { CopyLine } from "~/components/ui/copy-line";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import type { OidcDraft, OidcNow } from "./oidc-draft";
import { OidcNewPeople } from "./oidc-new-people";
import { OidcProvider } from "./oidc-provider";
import { SettingForm } from "./setting-form";

export function OidcSettingsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.oidcSettings.get.queryOptions());
  return (
    <>
      <PageHeader
        title="OpenID Connect"
        state={
          data.enabled
            ? `On: people can sign in with ${data.label}. A second factor that somebody has is still asked for.`
            : "Off: nobody can sign in with it."
        }
      />
      {data.localSignIn ? null : (
        <Notice tone="warn" title="This is the only way to sign in">
          Issuer and client id cannot be changed until passwords are switched on again under Sign-in.
        </Notice>
      )}
      <OidcForm now={data} />
    </>
  );
}

function OidcForm({ now }: { now: OidcNow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { enabled, label, issuer, clientId, newPeople, preset } = now;
  const form = useForm<OidcDraft>({
    defaultValues: { enabled, label, issuer, clientId, newPeople, preset, secret: "", dropSecret: false },
    mode: "onTouched",
  });
  const save = useConfirmedMutation(
    trpc.oidcSettings.save.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.oidcSettings.pathFilter()),
          queryClient.invalidateQueries(trpc.signInSettings.pathFilter()),
        ]),
    }),
  );
  return (
    <SettingForm
      form={form}
      save={({ secret, dropSecret, ...value }) =>
        save.mutateAsync({
          value,
          secret: secret !== "" ? { set: secret } : dropSecret ? null : "keep",
        })
      }
      after={(draft) => ({ ...draft, secret: "", dropSecret: false })}
      done="The next sign-in uses them."
    >
      <Section
        title="At the provider"
        note="Register this server there as a web application with this redirect address, and copy what it gives you to below."
      >
        <CopyLine text={now.redirectUri} label="Copy" />
      </Section>
      <OidcProvider form={form} now={now} />
      <OidcNewPeople form={form} />
    </SettingForm>
  );
}
