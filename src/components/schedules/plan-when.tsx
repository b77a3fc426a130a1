"use client";

import { useEffect, useState } from "react";
import { Controller, useFormContext } from "react-hook-form";
import { Skeleton } from "~/components/ui/skeleton";
import type { PlanDraft } from "~/domain/plan-input";
import { firstSchedule, ScheduleChoice } from "./schedule-choice";

/** When the plan runs. A new one starts with every night in the browser's zone. */
export function PlanWhen({ planId }: { planId: string | null }) {
  const { control, getValues, setValue } = useFormContext<PlanDraft>();
  const [ready, setReady] = useState(planId !== null);
  useEffect(() => {
    if (ready) return;
    if (getValues("schedule") === null) setValue("schedule", firstSchedule());
    setReady(true);
  }, [ready, getValues, setValue]);
  if (!ready) return <Skeleton className="h-96 rounded-md" />;
  return (
    <Controller
      control={control}
      name="schedule"
      render={({ field, formState }) => (
        <ScheduleChoice
          value={field.value}
          problems={messagesOf(formState.errors.schedule)}
          seed={planId}
          onChange={field.onChange}
        />
      )}
    />
  );
}

/** What is wrong, wherever in the schedule it stands. */
function messagesOf(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  if ("message" in error && typeof error.message === "string" && error.message !== "") return [error.message];
  return [...new Set(Object.values(error).flatMap(messagesOf))];
}
