"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { type UseFormReturn, useForm } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import type { Setting } from "~/domain/settings";
import { useTRPC } from "~/trpc/react";
import { SettingForm } from "./setting-form";

type Limits = Setting<"queue">;

export function QueueSettingsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.queueSettings.get.queryOptions());
  return (
    <>
      <PageHeader
        title="Queue"
        state="How many backups and restores run at once. What does not fit waits its turn and says why."
      />
      <QueueForm now={data} />
    </>
  );
}

function QueueForm({ now }: { now: Limits }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm<Limits>({ defaultValues: now, mode: "onTouched" });
  const save = useMutation(
    trpc.queueSettings.save.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.queueSettings.pathFilter()),
    }),
  );
  return (
    <SettingForm
      form={form}
      save={save.mutateAsync}
      done="What waits for a place begins now if there is one."
    >
      <Section
        title="Most at once"
        note="Backups and restores are counted apart on a node and on the server, so that nobody who needs a file back waits for backups. What runs goes on, also above a lower limit."
      >
        <div className="grid items-start gap-4 sm:grid-cols-3">
          <Limit
            form={form}
            name="mostPerNode"
            most={1000}
            label="On a storage node"
            hint="Each is a borg process there, with some hundred megabytes of memory for a large repository."
          />
          <Limit
            form={form}
            name="mostOnServer"
            most={10_000}
            label="On all storage nodes"
            hint="Only matters with more than one node."
          />
          <Limit
            form={form}
            name="mostPerClient"
            most={10}
            label="On one client"
            hint="Backups and restores together. With 1, a restore waits for a running backup."
          />
        </div>
      </Section>
      <p className="max-w-prose text-ink-soft">
        Who waits takes turns by client: one with a thousand jobs does not keep the others waiting. Restores
        go first, then what somebody asked for, then the calendar, then upkeep.
      </p>
    </SettingForm>
  );
}

function Limit(given: {
  form: UseFormReturn<Limits>;
  name: keyof Limits;
  most: number;
  label: string;
  hint: string;
}) {
  const { form, name, most } = given;
  const range = `Give a whole number from 1 to ${most}.`;
  return (
    <Field label={given.label} hint={given.hint} error={form.formState.errors[name]?.message}>
      <Input
        type="number"
        inputMode="numeric"
        min={1}
        max={most}
        {...form.register(name, {
          valueAsNumber: true,
          required: range,
          min: { value: 1, message: range },
          max: { value: most, message: range },
          validate: (value) => Number.isInteger(value) || range,
        })}
      />
    </Field>
  );
}
