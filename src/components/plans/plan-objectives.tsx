"use client";

import { Controller, useFormContext } from "react-hook-form";
import type { PlanDraft } from "~/domain/plan-input";
import { OptionalNumber } from "./optional-number";

/** What the plan promises; it is judged by archives that were committed and audited, and by restores that were proven. */
export function PlanObjectives() {
  const { control } = useFormContext<PlanDraft>();
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Controller
        control={control}
        name="objectives.rpoHours"
        render={({ field }) => (
          <OptionalNumber
            label="A new archive at least every"
            unit="hours"
            none="by the schedule"
            hint="When it is later than that, the plan is overdue and an alert is raised."
            least={1}
            most={8760}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      <Controller
        control={control}
        name="objectives.restoreProvenDays"
        render={({ field }) => (
          <OptionalNumber
            label="A proven restore at least every"
            unit="days"
            none="not promised"
            hint="A restore of this plan's archives that succeeded counts as a proof."
            least={1}
            most={3650}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
    </div>
  );
}
