"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { FormDialog } from "~/components/ui/form-dialog";
import { Input } from "~/components/ui/input";
import type { OpenerProps } from "~/components/ui/opener";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { usePlanChoices } from "../plans/use-choices";
import {
  type ChannelDraft,
  type ChannelRow,
  draftOf,
  inputOf,
  KIND_CHOICES,
  KINDS,
  whyNotYet,
} from "./channel-draft";
import { SEVERITY_CHOICES } from "./severity-choices";

const NO_PLAN = "none";

/** Adds a channel, or changes `channel`. What is stored as a secret is never shown: it is kept or replaced. */
export function ChannelForm({
  channel,
  trigger,
}: {
  channel: ChannelRow | null;
  trigger: ReactElement<OpenerProps>;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(channel));
  const [tried, setTried] = useState(false);
  const done = {
    onSuccess: () => {
      setOpen(false);
      toast.done(
        channel ? "The channel is changed" : "The channel is added",
        "Send a test to see that it works.",
      );
      return queryClient.invalidateQueries(trpc.alertChannels.pathFilter());
    },
  };
  const create = useConfirmedMutation(trpc.alertChannels.create.mutationOptions(done));
  const update = useConfirmedMutation(trpc.alertChannels.update.mutationOptions(done));
  const saving = channel ? update : create;
  const missing = whyNotYet(draft, channel);
  function change(next: boolean) {
    setOpen(next);
    if (!next) return;
    setDraft(draftOf(channel));
    setTried(false);
    saving.reset();
  }
  function save() {
    setTried(true);
    if (missing) return;
    if (channel) update.mutate({ id: channel.id, ...inputOf(draft) });
    else create.mutate(inputOf(draft));
  }
  const said = saving.error ? problemOf(saving.error).say : tried ? missing : null;
  return (
    <FormDialog
      title={channel ? `Change ${channel.name}` : "Add a channel"}
      trigger={trigger}
      open={open}
      onOpenChange={change}
      send={channel ? "Save" : "Add it"}
      busy={saving.isPending}
      problem={said}
      submit={save}
    >
      <Fields
        draft={draft}
        channel={channel}
        set={(part) => setDraft((before) => ({ ...before, ...part }))}
      />
    </FormDialog>
  );
}

interface FieldsProps {
  draft: ChannelDraft;
  channel: ChannelRow | null;
  set: (part: Partial<ChannelDraft>) => void;
}

function Fields({ draft, channel, set }: FieldsProps) {
  const { kind } = draft;
  return (
    <>
      {channel ? null : (
        <Field label="Kind">
          <Select choices={KIND_CHOICES} value={kind} onChange={(next) => set({ kind: next })} />
        </Field>
      )}
      <Field label="Name" hint="What it is called here, e.g. Night shift.">
        <Input
          value={draft.name}
          maxLength={80}
          autoComplete="off"
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      {kind === "mail" ? (
        <Field label="To" hint="Addresses, a comma between two.">
          <Input
            value={draft.to}
            autoComplete="off"
            maxLength={2000}
            onChange={(event) => set({ to: event.target.value })}
          />
        </Field>
      ) : (
        <Address draft={draft} channel={channel} set={set} />
      )}
      {kind === "telegram" ? (
        <Field label="Chat" hint="Its number, e.g. -1001234567890.">
          <Input
            value={draft.chat}
            autoComplete="off"
            maxLength={60}
            onChange={(event) => set({ chat: event.target.value })}
          />
        </Field>
      ) : null}
      {kind === "ping" ? (
        <PingFields draft={draft} channel={channel} set={set} />
      ) : (
        <Field label="Tell of" hint="What nobody acknowledges in time is told here in any case.">
          <Select
            choices={SEVERITY_CHOICES}
            value={draft.minSeverity}
            onChange={(minSeverity) => set({ minSeverity })}
          />
        </Field>
      )}
      <CheckboxField
        label="Switched on"
        checked={draft.enabled}
        onCheckedChange={(enabled) => set({ enabled })}
      />
    </>
  );
}

function Address({ draft, channel, set }: FieldsProps) {
  const asked = KINDS.find((one) => one.kind === draft.kind);
  if (!asked) return null;
  const kept = channel ? `One at ${channel.settings.host} is stored; left empty, it stays. ` : "";
  const keptToken = channel?.hasToken ? "One is stored; it stays unless the address changes. " : "";
  return (
    <>
      <Field label={asked.address} hint={`${kept}${asked.hint} Stored encrypted.`}>
        <Input
          value={draft.url}
          type="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={2000}
          onChange={(event) => set({ url: event.target.value })}
        />
      </Field>
      {asked.token ? (
        <Field
          label={asked.token.label}
          optional={draft.kind !== "telegram"}
          hint={`${keptToken}${asked.token.hint}`}
        >
          <Input
            value={draft.token}
            type="password"
            autoComplete="off"
            maxLength={500}
            onChange={(event) => set({ token: event.target.value })}
          />
        </Field>
      ) : null}
    </>
  );
}

function PingFields({ draft, set }: FieldsProps) {
  const plans = usePlanChoices(null);
  const choices = [{ value: NO_PLAN, label: "No plan: that this server lives" }, ...plans];
  return (
    <>
      <Field label="What it tells" hint="Success is told only after the audit found the archive clean.">
        <Select
          choices={choices}
          value={draft.planId ?? NO_PLAN}
          onChange={(planId) => set({ planId: planId === NO_PLAN ? null : planId })}
        />
      </Field>
      {draft.planId === null ? (
        <Field
          label="Every so many minutes"
          hint="Set the other side to alarm when it hears nothing for three times as long."
        >
          <Input
            type="number"
            min={1}
            max={1440}
            value={draft.everyMinutes}
            onChange={(event) => set({ everyMinutes: event.target.valueAsNumber || 5 })}
          />
        </Field>
      ) : null}
    </>
  );
}
