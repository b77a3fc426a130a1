"use client";

import { PlanNumber } from "./plan-number";

/** What the plan promises; it is judged by archives that were committed and audited, and by restores that were proven. */
export function PlanObjectives() {
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <PlanNumber
        name="objectives.rpoHours"
        label="A new archive at least every"
        unit="hours"
        none="by the schedule"
        hint="When it is later than that, the plan is overdue and an alert is raised."
        least={1}
        most={8760}
      />
      <PlanNumber
        name="objectives.restoreProvenDays"
        label="A proven restore at least every"
        unit="days"
        none="not promised"
        hint="A restore drill that succeeded counts as a proof, and so does a restore of a whole archive of this plan."
        least={1}
        most={3650}
      />
    </div>
  );
}
