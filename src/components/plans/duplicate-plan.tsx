"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import { toast } from "~/components/ui/toast";
import { listWords } from "~/domain/plan-words";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { useClientChoices } from "./use-choices";

type Plan = Api["plans"]["get"];

/** Makes a copy of a plan for the same machine or another, after its name and repository were chosen. Nothing starts by it. */
export function DuplicatePlan({ plan }: { plan: Plan }) {
  const id = useId();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const duplicate = useMutation(
    trpc.plans.duplicate.mutationOptions({
      onSuccess: async (made) => {
        await queryClient.invalidateQueries(trpc.plans.pathFilter());
        toast.done(
          "The copy is made",
          made.leftOut.length > 0
            ? `Without ${listWords(made.leftOut)}: add it with its password there.`
            : "Look it over; nothing was started.",
        );
        setOpen(false);
        router.push(`/plans/${made.id}`);
      },
    }),
  );
  return (
    <Dialog
      trigger={
        <Button>
          <Copy aria-hidden />
          Duplicate
        </Button>
      }
      title={`Duplicate ${plan.name}`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        duplicate.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button type="submit" form={id} variant="primary" busy={duplicate.isPending}>
            Make the copy
          </Button>
        </>
      }
    >
      {open ? (
        <CopyForm
          formId={id}
          plan={plan}
          problem={duplicate.error ? problemOf(duplicate.error).say : undefined}
          submit={(copy) => duplicate.mutate({ id: plan.id, ...copy })}
        />
      ) : null}
    </Dialog>
  );
}

function CopyForm({
  formId,
  plan,
  problem,
  submit,
}: {
  formId: string;
  plan: Plan;
  problem: string | undefined;
  submit: (copy: { clientId: string; repositoryId: string; name: string; withSchedule: boolean }) => void;
}) {
  const clients = useClientChoices("manage-plans");
  const [clientId, setClientId] = useState(plan.clientId);
  const [chosen, setChosen] = useState<string | null>(plan.repositoryId);
  const [name, setName] = useState(`${plan.name} copy`.slice(0, 60));
  const [withSchedule, setWithSchedule] = useState(plan.schedule !== null);
  const [missing, setMissing] = useState(false);
  const trpc = useTRPC();
  const { data } = useQuery(trpc.repositories.list.queryOptions({ clientId, limit: 200 }));
  const repositories = (data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
  const [only, another] = repositories;
  // The one repository of a machine is what is meant.
  const repositoryId = chosen ?? (only && !another ? only.value : null);
  const sealed = plan.options.databases.filter(({ credentials }) => credentials.kind === "sealed");
  const elsewhere = clientId !== plan.clientId;
  return (
    <form
      id={formId}
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(repositoryId === null);
        if (repositoryId !== null) submit({ clientId, repositoryId, name: name.trim(), withSchedule });
      }}
    >
      <Field label="Client">
        <Select
          choices={clients}
          value={clientId}
          onChange={(next) => {
            setClientId(next);
            setChosen(next === plan.clientId ? plan.repositoryId : null);
            if (next !== plan.clientId && name === `${plan.name} copy`) setName(plan.name);
          }}
        />
      </Field>
      <Field label="Repository" error={missing && repositoryId === null ? "Choose a repository." : undefined}>
        <Select
          choices={repositories}
          value={repositoryId}
          placeholder={data?.items.length === 0 ? "This machine has none yet" : "Choose a repository"}
          disabled={repositories.length === 0}
          onChange={setChosen}
        />
      </Field>
      <Field label="Name" error={problem}>
        <Input
          value={name}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      {plan.schedule ? (
        <CheckboxField
          label="With its schedule"
          hint="The copy runs by itself from its next time on. Without: only when somebody presses Back up now."
          checked={withSchedule}
          onCheckedChange={setWithSchedule}
        />
      ) : null}
      {elsewhere && sealed.length > 0 ? (
        <Notice tone="warn" title={`${listWords(sealed.map((source) => source.name))} is left out`}>
          Its password is sealed to {plan.clientName} and cannot be opened elsewhere. Add the database to the
          copy with its password.
        </Notice>
      ) : null}
    </form>
  );
}
