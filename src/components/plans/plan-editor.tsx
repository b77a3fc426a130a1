"use client";

import { FormProvider, type Resolver, useForm, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Section } from "~/components/ui/section";
import type { PlanDraft } from "~/domain/plan-input";
import { PlanWhen } from "../schedules/plan-when";
import { BeginWith } from "./begin-with";
import { LeaveGuard } from "./leave-guard";
import { PlanAdvanced } from "./plan-advanced";
import { PlanCompression } from "./plan-compression";
import { PlanKeep } from "./plan-keep";
import { BorgPart, DatabasesPart, DrillPart, HooksPart, ObjectivesPart, UploadPart } from "./plan-parts";
import { PlanSummary } from "./plan-summary";
import { ExcludeList, SourceList } from "./plan-what";
import { PlanWhere } from "./plan-where";
import { useSavePlan } from "./use-save-plan";

/** The form of a plan, new (`planId` null) or existing. Checked field by field as one leaves it, by the server's own rules. */
export function PlanEditor({
  planId,
  start,
  openedAt = null,
  template = null,
}: {
  planId: string | null;
  start: PlanDraft;
  /** As the plan was changed last when it was opened: what somebody else saves meanwhile is not overwritten. */
  openedAt?: Date | null;
  /** A template to begin with, by id or key. */
  template?: string | null;
}) {
  const form = useForm<PlanDraft>({
    defaultValues: start,
    resolver: check,
    mode: "onTouched",
  });
  const { errors, isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  const { save, error } = useSavePlan({ planId, openedAt }, form.setError);
  const clientId = useWatch({ control: form.control, name: "clientId" });
  return (
    <FormProvider {...form}>
      <LeaveGuard active={isDirty && !isSubmitting && !isSubmitSuccessful} />
      <form noValidate onSubmit={form.handleSubmit(save)} className="grid max-w-3xl gap-8">
        {planId === null ? <BeginWith template={template} /> : null}
        <Section title="Where">
          <PlanWhere fixedClient={planId !== null} />
        </Section>
        <Section
          title="What"
          note="Directories on the machine, from the top. Everything below them is read, except what you leave out."
        >
          <div className="grid gap-6">
            <SourceList clientId={clientId} />
            <ExcludeList />
            <DatabasesPart />
          </div>
        </Section>
        <Section title="How">
          <div className="grid gap-6">
            <PlanCompression />
            <PlanAdvanced />
            <div className="grid gap-2">
              <HooksPart />
              <UploadPart />
              <BorgPart />
            </div>
          </div>
        </Section>
        <Section title="When" note="When it begins by itself.">
          <PlanWhen planId={planId} />
        </Section>
        <Section title="Keep" note="How long the archives of this plan are kept.">
          <PlanKeep planId={planId} saved={start.keep} />
        </Section>
        <Section
          title="Objectives"
          note="Below which the plan counts as overdue and an alert is raised, and how it is proven that restoring works."
        >
          <div className="grid gap-2">
            <ObjectivesPart />
            <DrillPart />
          </div>
        </Section>
        <Section title="Name and summary">
          <div className="grid gap-4">
            <Field
              label="Name"
              error={errors.name?.message}
              hint="Also the beginning of each archive's name."
            >
              <Input
                {...form.register("name")}
                defaultValue={start.name}
                placeholder="System and homes"
                className="max-w-sm"
                maxLength={60}
              />
            </Field>
            <PlanSummary />
          </div>
        </Section>
        {error ? <ErrorState title="The plan was not saved" error={error} /> : null}
        <div className="flex flex-wrap items-center gap-2 border-t pt-4">
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {planId === null ? "Save the plan" : "Save the changes"}
          </Button>
          <ButtonLink href={planId === null ? "/plans" : `/plans/${planId}`}>Cancel</ButtonLink>
          {Object.keys(errors).length > 0 ? (
            <span role="alert" className="text-fail">
              Something above is not right yet.
            </span>
          ) : null}
        </div>
      </form>
    </FormProvider>
  );
}

/** The rules are loaded for the first check. Where they do not come, the server's answer to saving is the check. */
const check: Resolver<PlanDraft> = async (draft, context, options) => {
  const rules = await import("./check-plan").catch(() => null);
  return rules ? rules.checkPlan(draft, context, options) : { values: draft, errors: {} };
};
