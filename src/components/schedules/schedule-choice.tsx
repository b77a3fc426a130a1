"use client";

import { useEffect } from "react";
import { useLate } from "~/components/ui/late";
import { RadioGroup } from "~/components/ui/radio-group";
import { Skeleton } from "~/components/ui/skeleton";
import type { Schedule } from "~/domain/schedule";
import { FIRST_TIMES } from "~/domain/timing-choices";

const loadFields = () => import("./schedule-fields");

/** By itself or only when somebody asks; what belongs to a schedule is loaded when there is one. */
export function ScheduleChoice({
  value,
  problems,
  seed,
  onChange,
}: {
  value: Schedule | null;
  problems: readonly string[];
  /** What the spread is reckoned from; null: not known before it is saved. */
  seed: string | null;
  onChange: (schedule: Schedule | null) => void;
}) {
  const { part, want } = useLate(loadFields);
  const scheduled = value !== null;
  useEffect(() => {
    if (scheduled) want();
  }, [scheduled, want]);
  return (
    <div className="grid gap-4">
      <RadioGroup
        label="When it runs"
        value={scheduled ? "by-itself" : "manual"}
        choices={[
          { value: "by-itself", label: "By itself", hint: "At times that you choose." },
          { value: "manual", label: "Manual", hint: "Only when somebody presses Back up now." },
        ]}
        onChange={(next) => onChange(next === "manual" ? null : (value ?? firstSchedule()))}
      />
      {value === null ? null : part ? (
        <part.ScheduleFields value={value} seed={seed} onChange={onChange} />
      ) : (
        <Skeleton className="h-64 rounded-md" />
      )}
      {problems.length > 0 ? (
        <ul role="alert" className="text-[0.8125rem] text-fail">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** Every night in the browser's zone, spread a little. */
export function firstSchedule(): Schedule {
  return {
    timing: { kind: "daily", times: [...FIRST_TIMES] },
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    spreadMinutes: 30,
    blackouts: [],
    startWithinMinutes: null,
  };
}
