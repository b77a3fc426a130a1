"use client";

import { Plus, X } from "lucide-react";
import { Controller, useFormContext } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";
import { sayLimit } from "~/domain/option-words";
import type { PlanDraft } from "~/domain/plan-input";
import type { PlanOptions } from "~/domain/plan-options";
import { WeekdayPicker } from "../schedules/weekday-picker";
import { OptionalNumber } from "./optional-number";

type Window = PlanOptions["uploadWindows"][number];

/** Working hours of working days: when others need the line. */
const FIRST: Window = { weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00", kibPerSecond: 1024 };
/** As many as a plan takes (domain/plan-options). */
const MOST = 10;
const LEAST_RATE = 16;
const MOST_RATE = 10_000_000;

/** How fast borg may send, at which times. */
export function PlanUpload() {
  const { control } = useFormContext<PlanDraft>();
  return (
    <div className="grid gap-4">
      <Controller
        control={control}
        name="options.uploadKibPerSecond"
        render={({ field }) => (
          <Rate
            label="Usual limit"
            value={field.value}
            onChange={field.onChange}
            hint="borg gets the limit that holds when a backup begins, and keeps it to its end."
          />
        )}
      />
      <Controller
        control={control}
        name="options.uploadWindows"
        render={({ field }) => <Windows values={field.value} onChange={field.onChange} />}
      />
    </div>
  );
}

function Windows({ values, onChange }: { values: readonly Window[]; onChange: (windows: Window[]) => void }) {
  const put = (at: number, part: Partial<Window>) =>
    onChange(values.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 font-medium">Other limits at other times</legend>
      <p className="text-[0.8125rem] text-ink-soft">
        In the time zone of the plan's schedule. The first that fits holds.
      </p>
      {values.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a window is its place; two may be alike while one chooses.
        <div key={at} className="grid gap-3 rounded-md border p-3">
          <WeekdayPicker label="On" values={one.weekdays} onChange={(weekdays) => put(at, { weekdays })} />
          <div className="flex flex-wrap items-center gap-2">
            from
            <Time label={`Limit ${at + 1} from`} value={one.from} onChange={(from) => put(at, { from })} />
            to
            <Time label={`Limit ${at + 1} to`} value={one.to} onChange={(to) => put(at, { to })} />
          </div>
          <div className="flex items-start justify-between gap-2">
            <Rate
              label="Limit"
              value={one.kibPerSecond}
              onChange={(kibPerSecond) => put(at, { kibPerSecond })}
            />
            <IconButton
              label={`Take away limit ${at + 1}`}
              onClick={() => onChange(values.filter((_, index) => index !== at))}
            >
              <X aria-hidden />
            </IconButton>
          </div>
        </div>
      ))}
      {values.length < MOST ? (
        <div>
          <Button size="small" onClick={() => onChange([...values, FIRST])}>
            <Plus aria-hidden />
            Add a limit by time
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}

function Rate(given: {
  label: string;
  hint?: string;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  const words = given.value === null ? undefined : `That is ${sayLimit(given.value)}.`;
  return (
    <OptionalNumber
      {...given}
      hint={[words, given.hint].filter(Boolean).join(" ") || undefined}
      unit="KiB per second"
      none="no limit"
      least={LEAST_RATE}
      most={MOST_RATE}
    />
  );
}

function Time({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Input
      type="time"
      aria-label={label}
      className="w-28"
      value={value}
      onChange={(event) => event.target.value && onChange(event.target.value.slice(0, 5))}
    />
  );
}
