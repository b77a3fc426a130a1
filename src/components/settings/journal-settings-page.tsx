"use client";

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { MayAdminister } from "~/components/system/may";
import { NotYours } from "~/components/system/not-yours";
import { CopyLine } from "~/components/ui/copy-line";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import type { Setting } from "~/domain/settings";
import { useTRPC } from "~/trpc/react";
import { SettingForm } from "./setting-form";

export function JournalSettingsPage() {
  return (
    <MayAdminister
      otherwise={<NotYours title="Journal" needs="Only admins say where the journal is anchored." />}
    >
      <JournalSettings />
    </MayAdminister>
  );
}

function JournalSettings() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.journal.anchor.queryOptions());
  const set = data.value.mailTo !== "" || data.value.postTo !== "";
  return (
    <>
      <PageHeader
        title="Journal"
        state={
          data.last ? (
            <>
              {data.last.say} <RelativeTime at={data.last.at} />.
            </>
          ) : set ? (
            "Nothing was sent yet. The worker sends within a quarter of an hour."
          ) : (
            "The journal's newest hash is kept nowhere else."
          )
        }
      />
      <AnchorForm value={data.value} />
      <Section
        title="To check an anchor"
        note="On the server, with the number and the hash as they were sent. It fails when the journal does not hold that entry any more, or something before it was changed."
      >
        <CopyLine text="bbs-admin journal verify --anchor <number>:<hash>" className="max-w-3xl" />
      </Section>
    </>
  );
}

function AnchorForm({ value }: { value: Setting<"journal-anchor"> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm({ defaultValues: value, mode: "onTouched" });
  const { errors } = form.formState;
  const save = useConfirmedMutation(
    trpc.journal.saveAnchor.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.journal.anchor.queryFilter()),
    }),
  );
  return (
    <SettingForm
      form={form}
      save={(draft) => save.mutateAsync({ mailTo: draft.mailTo.trim(), postTo: draft.postTo.trim() })}
      after={(draft) => ({ mailTo: draft.mailTo.trim(), postTo: draft.postTo.trim() })}
      done="The next anchor goes there."
    >
      <Section
        title="Anchor, once a day"
        note="Each entry of the journal is bound to the one before it by a hash. Kept where nobody of this server can change it, the newest hash shows even a journal that somebody with the whole database wrote anew."
      >
        <div className="grid gap-4">
          <Field
            label="Mail it to"
            optional
            hint="An address outside this server's reach. Needs a mail server under Settings."
            error={errors.mailTo?.message}
          >
            <Input
              {...form.register("mailTo", {
                validate: (text) =>
                  text.trim() === "" || /^[^\s@]+@[^\s@]+$/.test(text.trim()) || "This is no e-mail address.",
              })}
              type="email"
              className="max-w-sm"
              autoComplete="off"
            />
          </Field>
          <Field
            label="Post it to"
            optional
            hint="Gets a JSON object with the number, the hash and the time. The address stands in the journal, so it must not be a secret itself. One inside your network must be allowed under Outgoing connections."
            error={errors.postTo?.message}
          >
            <Input
              {...form.register("postTo", {
                validate: (text) =>
                  text.trim() === "" ||
                  /^https?:\/\/[^\s@]+$/.test(text.trim()) ||
                  "Use an address that begins with https:// and holds no password.",
              })}
              type="url"
              className="max-w-xl font-mono"
              placeholder="https://anchors.example.org/bbs"
              spellCheck={false}
              autoComplete="off"
            />
          </Field>
        </div>
      </Section>
    </SettingForm>
  );
}
