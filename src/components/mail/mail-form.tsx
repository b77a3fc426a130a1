"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { RadioGroup } from "~/components/ui/radio-group";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { type MailPassword, PasswordField } from "./password-field";

type Settings = Api["mailSettings"]["get"];
type Security = Settings["security"];

const SECURITY: { value: Security; label: string; hint: string; port: number }[] = [
  { value: "starttls", label: "STARTTLS", hint: "Usual on port 587. Nothing is said before it.", port: 587 },
  { value: "tls", label: "TLS", hint: "From the first byte; usual on port 465.", port: 465 },
  { value: "none", label: "None", hint: "For a relay on your own network, without a password.", port: 25 },
];

/** The mail server. The stored password is never shown: it is kept, replaced or taken away. */
export function MailForm({ settings }: { settings: Settings }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { hasPassword, ...stored } = settings;
  const [value, setValue] = useState(stored);
  const [password, setPassword] = useState<MailPassword>(hasPassword ? "keep" : null);
  const listening = useListening();
  const confirmFirst = useConfirmFirst();
  const save = useMutation(
    trpc.mailSettings.save.mutationOptions({
      onSuccess: (_, given) => {
        setPassword(given.password === null ? null : "keep");
        toast.done(given.value.host === "" ? "Mail is switched off" : "The mail server is saved");
        return queryClient.invalidateQueries(trpc.mailSettings.get.pathFilter());
      },
    }),
  );
  const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
  function chooseSecurity(security: Security) {
    const portOf = (one: Security) => SECURITY.find((choice) => choice.value === one)?.port;
    // A port that somebody has chosen stays; the usual one of before becomes the usual one.
    const port = value.port === portOf(value.security) ? (portOf(security) ?? value.port) : value.port;
    set({ security, port });
  }
  return (
    <Section title="Mail server" boxed>
      <form
        className="grid max-w-xl gap-4"
        method="post"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const given = {
            value: { ...value, host: value.host.trim(), from: value.from.trim() },
            password: isEmpty(password) ? null : password,
          };
          // A refusal is shown as `save.error`.
          confirmFirst.run(() => save.mutateAsync(given)).catch(() => {});
        }}
      >
        {save.error ? (
          <div role="alert">
            <Notice tone="fail" title="Not saved">
              {problemOf(save.error).say}
            </Notice>
          </div>
        ) : null}
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
          <Field label="Server" hint="Its name, e.g. smtp.example.org. Empty: no mail.">
            <Input
              value={value.host}
              autoComplete="off"
              spellCheck={false}
              maxLength={253}
              onChange={(event) => set({ host: event.target.value })}
            />
          </Field>
          <Field label="Port" className="content-start">
            <Input
              type="number"
              min={1}
              max={65_535}
              value={value.port}
              onChange={(event) => set({ port: event.target.valueAsNumber || 0 })}
            />
          </Field>
        </div>
        <div className="grid gap-1.5">
          <p className="font-medium">Encryption</p>
          <RadioGroup
            label="Encryption"
            choices={SECURITY}
            value={value.security}
            onChange={chooseSecurity}
          />
        </div>
        <Field label="Sender" hint="What stands in From, e.g. Backup <backup@example.org>.">
          <Input
            value={value.from}
            autoComplete="off"
            maxLength={200}
            onChange={(event) => set({ from: event.target.value })}
          />
        </Field>
        <Field label="User" optional>
          <Input
            value={value.user}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            onChange={(event) => set({ user: event.target.value })}
          />
        </Field>
        <PasswordField hasPassword={hasPassword} value={password} onChange={setPassword} />
        <Button
          type="submit"
          variant="primary"
          className="justify-self-start"
          busy={save.isPending}
          disabled={!listening}
        >
          Save
        </Button>
      </form>
    </Section>
  );
}

/** Somebody began to replace the stored one and typed nothing. */
const isEmpty = (password: MailPassword) => password !== null && password !== "keep" && password.set === "";
