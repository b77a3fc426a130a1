"use client";

import { Plus, X } from "lucide-react";
import { Controller, useFormContext, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { IconButton } from "~/components/ui/icon-button";
import { Notice } from "~/components/ui/notice";
import { Select } from "~/components/ui/select";
import { saySnapshot } from "~/domain/option-words";
import type { PlanDraft } from "~/domain/plan-input";
import type { PlanHook, PlanOptions } from "~/domain/plan-options";
import { listWords } from "~/domain/plan-words";
import { NumberField } from "../schedules/number-field";
import { NameInput } from "./name-input";
import { useMachine } from "./use-machine";

const FIRST: PlanHook = { name: "", timeoutSeconds: 300, onFailure: "abort" };
/** As many as a plan takes (domain/plan-options). */
const MOST = 10;
const SNAPSHOTS: readonly PlanOptions["snapshot"][] = ["none", "if-possible", "required"];

/** What happens on the machine around a backup. Everything here only names what the machine's own policy allows. */
export function PlanHooks() {
  const { control } = useFormContext<PlanDraft>();
  const clientId = useWatch({ control, name: "clientId" });
  const policy = useMachine(clientId)?.policy ?? null;
  const labels = policy?.containerLabels ?? [];
  return (
    <div className="grid gap-6">
      <HookList
        name="hooksBefore"
        title="Scripts before"
        note="They run in this order. One that fails ends the backup, or is only warned of."
        offered={policy?.hooks ?? []}
      />
      <HookList
        name="hooksAfter"
        title="Scripts after"
        note="They always run, whatever became of the backup."
        offered={policy?.hooks ?? []}
      />
      <PolicyNote clientId={clientId} />
      <Controller
        control={control}
        name="options.stopContainersLabelled"
        render={({ field, fieldState }) => (
          <Field
            label="Stop containers labelled"
            optional
            hint={
              policy
                ? labels.length > 0
                  ? `The machine's policy allows ${listWords(labels)}.`
                  : "The machine's policy allows no label yet: add it to containerLabels in policy.json there."
                : "Stopped before and started again after. The machine's own policy has to allow the label."
            }
            error={fieldState.error?.message}
          >
            <NameInput
              className="max-w-sm font-mono"
              placeholder="backup=stop"
              offered={labels}
              value={field.value ?? ""}
              onBlur={field.onBlur}
              onChange={(label) => field.onChange(label.trim() === "" ? null : label.trim())}
            />
          </Field>
        )}
      />
      <Controller
        control={control}
        name="options.snapshot"
        render={({ field }) => (
          <Field
            label="Read from"
            hint={
              policy && !policy.snapshots && field.value !== "none"
                ? "The machine's policy does not allow snapshots yet: set snapshots in policy.json there."
                : "btrfs, LVM and ZFS can make a snapshot, so that files are all of one moment. LVM and ZFS: built, not run on a real one; LVM also needs lvmSnapshotMib in policy.json."
            }
          >
            <Select
              className="max-w-md"
              choices={SNAPSHOTS.map((value) => ({ value, label: saySnapshot(value) }))}
              value={field.value}
              onChange={field.onChange}
            />
          </Field>
        )}
      />
    </div>
  );
}

function HookList({
  name,
  title,
  note,
  offered,
}: {
  name: "hooksBefore" | "hooksAfter";
  title: string;
  note: string;
  offered: readonly string[];
}) {
  const { control, formState } = useFormContext<PlanDraft>();
  const errors = formState.errors.options?.[name];
  return (
    <Controller
      control={control}
      name={`options.${name}`}
      render={({ field }) => {
        const put = (at: number, part: Partial<PlanHook>) =>
          field.onChange(field.value.map((one, index) => (index === at ? { ...one, ...part } : one)));
        return (
          <fieldset className="grid min-w-0 gap-2">
            <legend className="mb-1 font-medium">{title}</legend>
            <p className="text-[0.8125rem] text-ink-soft">{note}</p>
            {field.value.map((hook, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a script is its place; one may run twice.
              <div key={at} className="grid gap-3 rounded-md border p-3">
                <div className="flex items-start gap-2">
                  <Field
                    className="flex-1"
                    label="Name in the machine's policy"
                    error={errors?.[at]?.name?.message}
                    hint={
                      offered.length > 0 && hook.name !== "" && !offered.includes(hook.name)
                        ? `The policy lists ${listWords(offered)} only.`
                        : undefined
                    }
                  >
                    <NameInput
                      className="max-w-sm font-mono"
                      placeholder="quiesce"
                      offered={offered}
                      value={hook.name}
                      onBlur={field.onBlur}
                      onChange={(next) => put(at, { name: next.trim() })}
                    />
                  </Field>
                  <IconButton
                    label={`Take away script ${at + 1}`}
                    onClick={() => field.onChange(field.value.filter((_, index) => index !== at))}
                  >
                    <X aria-hidden />
                  </IconButton>
                </div>
                <div className="grid items-start gap-3 sm:grid-cols-2">
                  <NumberField
                    label="At most"
                    unit="seconds"
                    least={1}
                    most={86_400}
                    value={hook.timeoutSeconds}
                    onChange={(timeoutSeconds) => put(at, { timeoutSeconds })}
                  />
                  <Field label="If it fails">
                    <Select
                      choices={[
                        {
                          value: "abort",
                          label: name === "hooksBefore" ? "End the backup" : "The backup counts as failed",
                        },
                        { value: "warn", label: "Only warn" },
                      ]}
                      value={hook.onFailure}
                      onChange={(onFailure) => put(at, { onFailure })}
                    />
                  </Field>
                </div>
              </div>
            ))}
            {field.value.length < MOST ? (
              <div>
                <Button
                  size="small"
                  onClick={() => field.onChange([...field.value, { ...FIRST, name: offered[0] ?? "" }])}
                >
                  <Plus aria-hidden />
                  Add a script
                </Button>
              </div>
            ) : null}
          </fieldset>
        );
      }}
    />
  );
}

/** A hook or label that the policy does not list is refused by the machine; better said here. */
function PolicyNote({ clientId }: { clientId: string }) {
  const { control } = useFormContext<PlanDraft>();
  const before = useWatch({ control, name: "options.hooksBefore" });
  const after = useWatch({ control, name: "options.hooksAfter" });
  const policy = useMachine(clientId)?.policy ?? null;
  const unknown = [...before, ...after]
    .map(({ name }) => name)
    .filter((name) => name !== "" && !(policy?.hooks ?? []).includes(name));
  if (!policy || unknown.length === 0) return null;
  return (
    <Notice tone="warn" title={`The machine's policy does not list ${listWords([...new Set(unknown)])}`}>
      Which script a name stands for is decided on the machine alone: add it to hooks in policy.json there.
      Until then these backups fail.
    </Notice>
  );
}
