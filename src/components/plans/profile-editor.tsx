"use client";

import { type ComponentType, useEffect, useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useLate } from "~/components/ui/late";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { EMPTY_PLAN } from "~/domain/plan-draft";
import type { PlanDraft } from "~/domain/plan-input";
import {
  applySettings,
  PARTS_OF_ONE_MACHINE,
  PLAN_PART_NAMES,
  PLAN_PARTS,
  type PlanPart,
  type PlanSettings,
  partsOf,
  pickParts,
} from "~/domain/plan-parts";
import type { ProfileKind } from "~/domain/plan-settings";
import { LeaveGuard } from "./leave-guard";
import { useSaveProfile } from "./use-save-profile";

const loadFields = () => import("./profile-fields");
const loadCheck = () => import("./check-profile");

/** The form of a template or profile: which parts of a plan it sets, and to what. `row` null: a new one, filled in by `start`. */
export function ProfileEditor({
  kind,
  row,
  start,
}: {
  kind: ProfileKind;
  row: { id: string; updatedAt: Date; planCount: number } | null;
  start: { name: string; settings: PlanSettings };
}) {
  const form = useForm<PlanDraft>({
    defaultValues: { ...applySettings(EMPTY_PLAN, start.settings), name: start.name },
  });
  const first = partsOf(start.settings);
  const [parts, setParts] = useState<readonly PlanPart[]>(first);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const { part, want } = useLate(loadFields);
  const { save, error, busy } = useSaveProfile(row);
  const [saved, setSaved] = useState(false);
  useEffect(want, [want]);
  const offered = PLAN_PART_NAMES.filter(
    (name) => kind === "template" || !PARTS_OF_ONE_MACHINE.includes(name),
  );

  async function submit(draft: PlanDraft) {
    const given = { kind, name: draft.name, settings: pickParts(draft, parts) };
    const rules = await loadCheck().catch(() => null);
    const issues = rules?.checkProfile(given) ?? [];
    setProblems([...new Set(issues.map(({ message }) => message))]);
    for (const { path, message } of issues) form.setError(path as keyof PlanDraft, { message });
    if (issues.length > 0) return;
    setSaved(await save(given));
  }

  return (
    <FormProvider {...form}>
      <LeaveGuard active={(form.formState.isDirty || parts.join() !== first.join()) && !saved && !busy} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // Not handleSubmit: what is wrong in a part that is not set must hold up nothing.
          form.clearErrors();
          void submit(form.getValues());
        }}
        className="grid max-w-3xl gap-8"
      >
        <Section title="Name">
          <Field label="Name" error={form.formState.errors.name?.message}>
            <Input
              {...form.register("name")}
              defaultValue={start.name}
              placeholder={kind === "profile" ? "Nightly servers" : "Web server"}
              className="max-w-sm"
              maxLength={60}
              autoComplete="off"
            />
          </Field>
        </Section>
        <Section
          title="What it sets"
          note="Tick what it decides. Everything else stays as it is in each plan."
        >
          <div className="grid gap-2">
            {offered.map((name) => (
              <PartBox
                key={name}
                name={name}
                on={parts.includes(name)}
                isNew={!first.includes(name)}
                fields={part?.PROFILE_FIELDS[name] ?? null}
                onChange={(on) => setParts(on ? [...parts, name] : parts.filter((one) => one !== name))}
              />
            ))}
          </div>
        </Section>
        {problems.length > 0 ? (
          <ul role="alert" className="text-fail">
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        ) : null}
        {error ? <ErrorState title={`The ${kind} was not saved`} error={error} /> : null}
        <div className="flex flex-wrap items-center gap-2 border-t pt-4">
          <Button type="submit" variant="primary" busy={busy}>
            Save the {kind}
          </Button>
          <ButtonLink href="/plans/profiles">Cancel</ButtonLink>
        </div>
      </form>
    </FormProvider>
  );
}

function PartBox({
  name,
  on,
  isNew,
  fields: Fields,
  onChange,
}: {
  name: PlanPart;
  on: boolean;
  isNew: boolean;
  fields: ComponentType<{ isNew: boolean }> | null;
  onChange: (on: boolean) => void;
}) {
  return (
    <div className="grid min-w-0 gap-3 rounded-md border bg-panel p-3">
      <CheckboxField label={PLAN_PARTS[name].label} checked={on} onCheckedChange={onChange} />
      {on ? (
        <div className="min-w-0 border-t pt-3">
          {Fields ? <Fields isNew={isNew} /> : <Skeleton className="h-24 rounded-md" />}
        </div>
      ) : null}
    </div>
  );
}
