"use client";

import type { ComponentProps } from "react";
import { type FieldPathByValue, useController } from "react-hook-form";
import { CheckboxField } from "~/components/ui/checkbox-field";
import type { PlanDraft } from "~/domain/plan-input";

/** A tick box of the plan in the form, by its name there. */
export function PlanCheckbox({
  name,
  ...shown
}: { name: FieldPathByValue<PlanDraft, boolean> } & Pick<
  ComponentProps<typeof CheckboxField>,
  "label" | "hint"
>) {
  const { field } = useController<PlanDraft, typeof name>({ name });
  return <CheckboxField {...shown} checked={field.value} onCheckedChange={field.onChange} />;
}
