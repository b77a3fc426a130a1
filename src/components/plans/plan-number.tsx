"use client";

import type { ComponentProps } from "react";
import { type FieldPathByValue, useController } from "react-hook-form";
import type { PlanDraft } from "~/domain/plan-input";
import { OptionalNumber } from "./optional-number";

/** A number of the plan in the form, by its name there; empty: none. */
export function PlanNumber({
  name,
  ...shown
}: { name: FieldPathByValue<PlanDraft, number | null> } & Omit<
  ComponentProps<typeof OptionalNumber>,
  "value" | "onChange"
>) {
  const { field } = useController<PlanDraft, typeof name>({ name });
  return <OptionalNumber {...shown} value={field.value} onChange={field.onChange} />;
}
