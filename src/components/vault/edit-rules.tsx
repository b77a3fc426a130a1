"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ComponentProps, useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { FormDialog } from "~/components/ui/form-dialog";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { VaultState } from "./vault-api";

type Rules = VaultState["rules"];

const FIELDS: readonly { key: keyof Rules; label: string; hint: string; least: number; most: number }[] = [
  {
    key: "trashDays",
    label: "Days in the trash",
    hint: "How long a removed archive can be brought back.",
    least: 0,
    most: 365,
  },
  {
    key: "keepOldSealDays",
    label: "Days an old seal is kept",
    hint: "How long a rollback reaches past a compaction. It costs the space that the compaction freed.",
    least: 0,
    most: 365,
  },
  {
    key: "floorNewest",
    label: "Newest archives always kept",
    hint: "Whatever a plan's retention says.",
    least: 1,
    most: 10_000,
  },
  {
    key: "floorWeeklyDays",
    label: "Days with one archive a week",
    hint: "One archive of each week of this long is never removed. 0: no such floor.",
    least: 0,
    most: 3660,
  },
];

/** Changes trash window and floor. Stricter holds at once; looser only after the window that held before. */
export function EditRules({ repositoryId, rules }: { repositoryId: string; rules: Rules }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<Record<keyof Rules, string>>(() => asText(rules));
  const save = useMutation(
    trpc.vault.setRules.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        toast.done("The rules are being changed", "They show here as soon as the storage node has them.");
        await queryClient.invalidateQueries(trpc.vault.pathFilter());
      },
    }),
  );
  const problems = Object.fromEntries(
    FIELDS.map((field) => [field.key, problemWith(field, typed[field.key])]),
  );
  const wrong = FIELDS.some((field) => problems[field.key]);
  const next = asRules(typed);
  const looser = !wrong && FIELDS.some(({ key }) => next[key] < rules[key]);
  return (
    <FormDialog
      trigger={<Button size="small">Change the rules</Button>}
      title="Rules of the vault"
      description="They hold for this repository, whatever its plans say."
      open={open}
      onOpenChange={(now) => {
        setOpen(now);
        setTyped(asText(rules));
        save.reset();
      }}
      leave="Leave them"
      send="Change them"
      busy={save.isPending}
      disabled={wrong}
      problem={save.error ? problemOf(save.error).say : null}
      submit={() => save.mutate({ repositoryId, ...next })}
    >
      {FIELDS.map((field) => (
        <Field key={field.key} label={field.label} hint={field.hint} error={problems[field.key]}>
          <NumberInput
            value={typed[field.key]}
            onChange={(event) => setTyped({ ...typed, [field.key]: event.target.value })}
          />
        </Field>
      ))}
      {looser ? (
        <Notice tone="warn" title={`These rules are looser: they begin in ${windowOf(rules)}`}>
          Until then the present ones hold. So nobody who takes over an account can loosen and delete in one
          go.
        </Notice>
      ) : null}
    </FormDialog>
  );
}

function NumberInput(props: ComponentProps<typeof Input>) {
  return <Input inputMode="numeric" autoComplete="off" className="w-28" {...props} />;
}

function windowOf(rules: Rules): string {
  return rules.trashDays === 1 ? "a day" : `${rules.trashDays} days`;
}

function problemWith(field: (typeof FIELDS)[number], text: string): string | undefined {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text.trim()) && number >= field.least && number <= field.most) return undefined;
  return `A whole number from ${field.least} to ${field.most}.`;
}

function asText(rules: Rules): Record<keyof Rules, string> {
  const { trashDays, keepOldSealDays, floorNewest, floorWeeklyDays } = rules;
  return {
    trashDays: String(trashDays),
    keepOldSealDays: String(keepOldSealDays),
    floorNewest: String(floorNewest),
    floorWeeklyDays: String(floorWeeklyDays),
  };
}

function asRules(typed: Record<keyof Rules, string>): Rules {
  return {
    trashDays: Number(typed.trashDays),
    keepOldSealDays: Number(typed.keepOldSealDays),
    floorNewest: Number(typed.floorNewest),
    floorWeeklyDays: Number(typed.floorWeeklyDays),
  };
}
