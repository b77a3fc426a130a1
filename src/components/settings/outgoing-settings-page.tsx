"use client";

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { TextList } from "~/components/plans/text-list";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { outgoingEntryProblem } from "~/domain/outgoing-entry";
import { useTRPC } from "~/trpc/react";
import { SettingForm } from "./setting-form";

export function OutgoingSettingsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.outgoingSettings.get.queryOptions());
  return (
    <>
      <PageHeader
        title="Outgoing connections"
        state="Mail, OpenID Connect and whatever else this server connects to because somebody typed its address."
      />
      <OutgoingForm allowed={data.allowed} />
    </>
  );
}

function OutgoingForm({ allowed }: { allowed: string[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm({ defaultValues: { allowed }, mode: "onTouched" });
  const save = useConfirmedMutation(
    trpc.outgoingSettings.save.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.outgoingSettings.pathFilter()),
    }),
  );
  return (
    <SettingForm
      form={form}
      save={(draft) => save.mutateAsync({ allowed: entriesOf(draft.allowed) })}
      after={(draft) => ({ allowed: entriesOf(draft.allowed) })}
      done="The next connection follows them."
    >
      <Section
        title="Allowed inside"
        note="This server connects to the public internet only. A mail relay or a provider inside your network has to be listed: its name, its address, or a range like 10.1.0.0/16."
      >
        <Controller
          control={form.control}
          name="allowed"
          rules={{ validate: (entries) => entriesOf(entries).every((entry) => !outgoingEntryProblem(entry)) }}
          render={({ field }) => (
            <TextList
              label="Allowed inside"
              noun="host or range"
              values={field.value}
              errors={field.value.map((entry) =>
                entry.trim() === "" || !form.formState.touchedFields.allowed
                  ? undefined
                  : (outgoingEntryProblem(entry.trim()) ?? undefined),
              )}
              placeholder="mail.office.example"
              onChange={field.onChange}
              onBlur={field.onBlur}
            />
          )}
        />
      </Section>
      <p className="max-w-prose text-ink-soft">
        What stands here can be reached by everybody who may type such an address, so list as little as you
        need. A name opens what it points to, but never the addresses where clouds hand out credentials.
      </p>
    </SettingForm>
  );
}

const entriesOf = (lines: readonly string[]) =>
  lines.map((line) => line.trim()).filter((line) => line !== "");
