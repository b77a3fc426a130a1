"use client";

import { useState } from "react";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import type { Schedule } from "~/domain/schedule";
import { startTiming, TIMING_CHOICES, type TimingKind } from "~/domain/timing-choices";
import { BlackoutList } from "./blackout-list";
import { CronField } from "./cron-field";
import { NextRuns } from "./next-runs";
import { NumberField } from "./number-field";
import { TimingFields } from "./timing-fields";
import { ZoneField } from "./zone-field";

/** The deadline that is offered first: half a night. */
const USUAL_DEADLINE_MINUTES = 360;

/** Everything of a schedule, and what it means. */
export function ScheduleFields({
  value,
  seed,
  onChange,
}: {
  value: Schedule;
  seed: string | null;
  onChange: (schedule: Schedule) => void;
}) {
  const set = (part: Partial<Schedule>) => onChange({ ...value, ...part });
  const { timing } = value;
  const byCron = timing.kind === "cron";
  const [open, setOpen] = useState(byCron);
  const setKind = (kind: TimingKind) => set({ timing: startTiming(kind, timing) });
  return (
    <div className="grid gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="How often">
          <Select<TimingKind>
            value={timing.kind}
            choices={TIMING_CHOICES.filter(({ kind }) => kind !== "cron" || byCron).map(
              ({ kind, label }) => ({
                value: kind,
                label,
              }),
            )}
            onChange={setKind}
          />
        </Field>
        <ZoneField value={value.zone} onChange={(zone) => set({ zone })} />
      </div>
      {byCron ? null : <TimingFields timing={timing} onChange={(next) => set({ timing: next })} />}
      <NextRuns schedule={value} seed={seed} />
      <details
        className="rounded-md border bg-panel"
        open={open}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary className="cursor-pointer px-4 py-2.5 font-medium">Advanced</summary>
        <div className="grid gap-4 border-t p-4">
          {timing.kind === "available" ? null : (
            <NumberField
              label="Spread"
              unit="minutes at most"
              hint="It begins up to so much later, always by the same amount, so that a fleet does not start at once. 0: exactly on time."
              value={value.spreadMinutes}
              least={0}
              most={1440}
              onChange={(spreadMinutes) => set({ spreadMinutes })}
            />
          )}
          <Deadline
            minutes={value.startWithinMinutes}
            onChange={(startWithinMinutes) => set({ startWithinMinutes })}
          />
          <BlackoutList values={value.blackouts} onChange={(blackouts) => set({ blackouts })} />
          <CheckboxField
            label="Write a cron expression instead"
            hint="For what the choices above cannot say."
            checked={byCron}
            onCheckedChange={(checked) => setKind(checked === true ? "cron" : "daily")}
          />
          {timing.kind === "cron" ? (
            <CronField
              zone={value.zone}
              expression={timing.expression}
              onChange={(expression) => set({ timing: { kind: "cron", expression } })}
            />
          ) : null}
        </div>
      </details>
    </div>
  );
}

function Deadline({
  minutes,
  onChange,
}: {
  minutes: number | null;
  onChange: (minutes: number | null) => void;
}) {
  return (
    <div className="grid gap-2">
      <CheckboxField
        label="Skip it when it could not begin in time"
        hint="For a machine that was off. Without this it runs once as soon as the machine is back, however late. A skipped run is recorded with its reason."
        checked={minutes !== null}
        onCheckedChange={(checked) => onChange(checked === true ? USUAL_DEADLINE_MINUTES : null)}
      />
      {minutes === null ? null : (
        <NumberField
          label="Begin at the latest"
          unit="minutes after it was due"
          value={minutes}
          least={5}
          most={43_200}
          onChange={onChange}
        />
      )}
    </div>
  );
}
