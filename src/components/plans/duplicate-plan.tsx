"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { FormDialog } from "~/components/ui/form-dialog";
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

/** What the form holds; `chosen` null: no repository yet. */
interface CopyDraft {
  clientId: string;
  chosen: string | null;
  name: string;
  withSchedule: boolean;
}

function draftOf(plan: Plan): CopyDraft {
  return {
    clientId: plan.clientId,
    chosen: plan.repositoryId,
    name: `${plan.name} copy`.slice(0, 60),
    withSchedule: plan.schedule !== null,
  };
}

/** Makes a copy of a plan for the same machine or another, after its name and repository were chosen. Nothing starts by it. */
export function DuplicatePlan({ plan }: { plan: Plan }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(plan));
  const [tried, setTried] = useState(false);
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
  const { clientId, chosen, name, withSchedule } = draft;
  const list = useQuery(trpc.repositories.list.queryOptions({ clientId, limit: 200 }, { enabled: open }));
  const repositories = list.data?.items.map((one) => ({ value: one.id, label: one.name }));
  const [only, another] = repositories ?? [];
  // The one repository of a machine is what is meant.
  const repositoryId = chosen ?? (only && !another ? only.value : null);
  return (
    <FormDialog
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
        setDraft(draftOf(plan));
        setTried(false);
        duplicate.reset();
      }}
      send="Make the copy"
      busy={duplicate.isPending}
      submit={() => {
        setTried(true);
        if (repositoryId === null) return;
        duplicate.mutate({ id: plan.id, clientId, repositoryId, name: name.trim(), withSchedule });
      }}
    >
      <CopyFields
        plan={plan}
        draft={draft}
        set={(part) => setDraft((before) => ({ ...before, ...part }))}
        repositories={repositories}
        repositoryId={repositoryId}
        missing={tried && repositoryId === null}
        problem={duplicate.error ? problemOf(duplicate.error).say : undefined}
      />
    </FormDialog>
  );
}

function CopyFields({
  plan,
  draft,
  set,
  repositories,
  repositoryId,
  missing,
  problem,
}: {
  plan: Plan;
  draft: CopyDraft;
  set: (part: Partial<CopyDraft>) => void;
  /** Undefined: they have not come yet. */
  repositories: { value: string; label: string }[] | undefined;
  repositoryId: string | null;
  missing: boolean;
  problem: string | undefined;
}) {
  const clients = useClientChoices("manage-plans");
  const { clientId, name, withSchedule } = draft;
  const sealed = plan.options.databases.filter(({ credentials }) => credentials.kind === "sealed");
  const elsewhere = clientId !== plan.clientId;
  return (
    <>
      <Field label="Client">
        <Select
          choices={clients}
          value={clientId}
          onChange={(next) =>
            set({
              clientId: next,
              chosen: next === plan.clientId ? plan.repositoryId : null,
              ...(next !== plan.clientId && name === `${plan.name} copy` ? { name: plan.name } : {}),
            })
          }
        />
      </Field>
      <Field label="Repository" error={missing ? "Choose a repository." : undefined}>
        <Select
          choices={repositories ?? []}
          value={repositoryId}
          placeholder={repositories?.length === 0 ? "This machine has none yet" : "Choose a repository"}
          disabled={!repositories || repositories.length === 0}
          onChange={(chosen) => set({ chosen })}
        />
      </Field>
      <Field label="Name" error={problem}>
        <Input
          value={name}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      {plan.schedule ? (
        <CheckboxField
          label="With its schedule"
          hint="The copy runs by itself from its next time on. Without: only when somebody presses Back up now."
          checked={withSchedule}
          onCheckedChange={(withIt) => set({ withSchedule: withIt })}
        />
      ) : null}
      {elsewhere && sealed.length > 0 ? (
        <Notice tone="warn" title={`${listWords(sealed.map((source) => source.name))} is left out`}>
          Its password is sealed to {plan.clientName} and cannot be opened elsewhere. Add the database to the
          copy with its password.
        </Notice>
      ) : null}
    </>
  );
}
