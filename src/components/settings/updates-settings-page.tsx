"use client";

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { TextList } from "~/components/plans/text-list";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import type { Setting } from "~/domain/settings";
import { useTRPC } from "~/trpc/react";
import { SettingForm } from "./setting-form";

type Draft = Setting<"updates">;

export function UpdatesSettingsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.updates.settings.queryOptions());
  return (
    <>
      <PageHeader title="Updates" state="Where releases come from, and whose are believed." />
      <UpdatesForm now={data} />
    </>
  );
}

function UpdatesForm({ now }: { now: Draft }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm<Draft>({ defaultValues: now, mode: "onTouched" });
  const save = useConfirmedMutation(
    trpc.updates.saveSettings.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.updates.pathFilter()),
    }),
  );
  const { errors, touchedFields } = form.formState;
  return (
    <SettingForm
      form={form}
      save={(draft) => save.mutateAsync(withoutBlanks(draft))}
      after={withoutBlanks}
      done="The next release is judged by them."
    >
      <Section title="Release feed">
        <Field
          label="Address"
          hint="Asked once a day; new releases come with all their files. Empty: never. An address inside your network must be listed under Outgoing connections."
          error={errors.feedUrl?.message}
        >
          <Input
            type="url"
            placeholder="https://updates.example.com/feed.json"
            {...form.register("feedUrl", {
              validate: (url) =>
                url.trim() === "" ||
                /^https?:\/\/\S+$/.test(url.trim()) ||
                "Use an address that begins with https://.",
            })}
          />
        </Field>
        <Controller
          control={form.control}
          name="beta"
          render={({ field }) => (
            <CheckboxField
              label="Also take releases of the channel beta"
              checked={field.value}
              onCheckedChange={(checked) => field.onChange(checked === true)}
            />
          )}
        />
      </Section>
      <Section
        title="Release keys"
        note="Only what one of them signed is taken in. New machines pin the last one with the pasted line; machines that are enrolled keep the key that they pinned."
      >
        <Controller
          control={form.control}
          name="releaseKeys"
          rules={{
            validate: (keys) => keys.every((key) => keyProblem(key) === undefined) && keys.length <= 4,
          }}
          render={({ field }) => (
            <TextList
              label="Release keys"
              noun="key"
              values={field.value}
              errors={field.value.map((key) => (touchedFields.releaseKeys ? keyProblem(key) : undefined))}
              placeholder="44 letters and digits, as the makers publish it"
              onChange={field.onChange}
              onBlur={field.onBlur}
            />
          )}
        />
      </Section>
      <p className="max-w-prose text-ink-soft">
        Compare a key with the one that the makers publish, by another way than this server: whoever holds its
        private half decides what new machines run. A program that brings a key along adds it here when it
        starts.
      </p>
    </SettingForm>
  );
}

/** As protocol/release has it: 32 bytes in base64. */
function keyProblem(key: string): string | undefined {
  const text = key.trim();
  return text === "" || /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text)
    ? undefined
    : "This is no release key: it has 44 characters and ends with =.";
}

const withoutBlanks = (draft: Draft): Draft => ({
  ...draft,
  feedUrl: draft.feedUrl.trim(),
  releaseKeys: draft.releaseKeys.map((key) => key.trim()).filter((key) => key !== ""),
});
