"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { Textarea } from "~/components/ui/textarea";
import { toast } from "~/components/ui/toast";
import type { Encryption } from "~/domain/repository";
import { useTRPC } from "~/trpc/react";
import { ImportClientField } from "./import-client-field";

/** What is to be imported, as far as it is known before anybody has read it. */
export interface ImportSubject {
  of: { candidateId: string } | { repositoryId: string };
  name: string;
  /** Null: cannot be told; then everything is asked for. */
  encryption: Encryption | null;
  clientId: string | null;
  /** It stays with that client, whose name is asked for where it is unknown. */
  isFixed: boolean;
  clientName?: string | null;
}

/** Asks for what borg needs to read a repository, whose it shall be and how it is called; then it is read. */
export function ImportDialog({ subject }: { subject: ImportSubject }) {
  const form = useId();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [tried, setTried] = useState(false);
  const [draft, setDraft] = useState(() => blank(subject));
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const inspect = useMutation(
    trpc.repositoryImports.inspect.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        toast.done("It is being read", "Nothing is taken in before you have seen what was found.");
        await queryClient.invalidateQueries(trpc.repositoryImports.pathFilter());
      },
    }),
  );
  const asks = asksFor(subject);
  const problems = problemsOf(draft, asks);
  const wrong = Object.values(problems).some((problem) => problem !== undefined);
  const shown = (problem: string | undefined) => (tried ? problem : undefined);
  return (
    <Dialog
      trigger={<Button size="small">Import</Button>}
      title={`Import ${subject.name}`}
      description="borg reads it with this passphrase and checks it. You see what was found before anything is taken in."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setTried(false);
        setDraft(blank(subject));
        inspect.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" busy={inspect.isPending}>
            Read it first
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (wrong) return;
          inspect.mutate({
            of: subject.of,
            clientId: draft.clientId,
            clientName: asks.clientName ? draft.clientName.trim() : null,
            name: draft.name.trim(),
            passphrase: draft.passphrase,
            key: draft.key.trim() === "" ? null : draft.key,
          });
        }}
      >
        {asks.client ? (
          <ImportClientField
            value={draft.clientId}
            onChange={(clientId) => set({ clientId })}
            error={shown(problems.client)}
          />
        ) : null}
        {asks.clientName ? (
          <Field
            label="Name of the client"
            hint="The machine that it belonged to is unknown here. It is made again with its id; enrol the machine afterwards."
            error={shown(problems.clientName)}
          >
            <Input
              autoComplete="off"
              maxLength={100}
              value={draft.clientName}
              onChange={(event) => set({ clientName: event.target.value })}
            />
          </Field>
        ) : null}
        <Field label="Name of the repository" error={shown(problems.name)}>
          <Input
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        {asks.passphrase ? (
          <Field
            label="Passphrase"
            hint="Kept encrypted, as those of other repositories."
            error={shown(problems.passphrase)}
          >
            <Input
              type="password"
              autoComplete="off"
              maxLength={1024}
              value={draft.passphrase}
              onChange={(event) => set({ passphrase: event.target.value })}
            />
          </Field>
        ) : null}
        {asks.key ? (
          <Field
            label="Exported key"
            hint="Its key lies on the machine that made it. Run borg key export there and paste everything that it prints."
            error={shown(problems.key)}
          >
            <Textarea
              rows={6}
              spellCheck={false}
              className="font-mono text-[0.8125rem]"
              placeholder="BORG_KEY …"
              value={draft.key}
              onChange={(event) => set({ key: event.target.value })}
            />
          </Field>
        ) : null}
        {inspect.error ? (
          <p role="alert" className="text-fail">
            {problemOf(inspect.error).say}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}

interface Draft {
  clientId: string | null;
  clientName: string;
  name: string;
  passphrase: string;
  key: string;
}

const blank = ({ clientId, name }: ImportSubject): Draft => ({
  ...{ clientId, clientName: "", passphrase: "", key: "" },
  name: name.startsWith("left behind") ? "main" : name,
});

type Asks = Record<"client" | "clientName" | "passphrase" | "key", boolean>;

function asksFor({ isFixed, clientName, encryption }: ImportSubject): Asks {
  return {
    client: !isFixed,
    clientName: isFixed && !clientName,
    passphrase: encryption !== "none",
    key: encryption?.startsWith("keyfile") ?? false,
  };
}

function problemsOf(draft: Draft, asks: Asks) {
  return {
    client: asks.client && draft.clientId === null ? "Choose whose archives these are." : undefined,
    clientName: asks.clientName && draft.clientName.trim() === "" ? "Give the client a name." : undefined,
    name: draft.name.trim() === "" ? "Give it a name." : undefined,
    passphrase: asks.passphrase && draft.passphrase === "" ? "borg cannot read it without." : undefined,
    key:
      asks.key && !draft.key.trim().startsWith("BORG_KEY ") ? "It begins with the word BORG_KEY." : undefined,
  };
}
