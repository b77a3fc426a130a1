"use client";

import { Plus, X } from "lucide-react";
import { Button } from "~/components/ui/button";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { cn } from "~/components/ui/class-names";
import { IconButton } from "~/components/ui/icon-button";
import { Select } from "~/components/ui/select";
import type { Timing } from "~/domain/schedule";
import { NTH_CHOICES, type NthWeekday } from "~/domain/timing-choices";
import { WEEKDAY_NAMES } from "~/domain/weekday-words";

type Monthly = Extract<Timing, { kind: "monthly" }>;

const DAYS = Array.from({ length: 31 }, (_, at) => at + 1);
/** Most of them that a schedule takes (domain/schedule). */
const MOST_NTH = 10;

/** Days of the month by number, its last day, and days such as the second Tuesday. */
export function MonthlyFields({
  timing,
  onChange,
}: {
  timing: Monthly;
  onChange: (timing: Monthly) => void;
}) {
  const { days, lastDay, nth } = timing;
  const none = days.length === 0 && !lastDay && nth.length === 0;
  const setNth = (at: number, part: Partial<NthWeekday>) =>
    onChange({ ...timing, nth: nth.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <div className="grid gap-4">
      <fieldset className="grid gap-1.5">
        <legend className="mb-1.5 font-medium">On these days of the month</legend>
        <div className="grid w-fit grid-cols-7 gap-1">
          {DAYS.map((day) => {
            const on = days.includes(day);
            return (
              <button
                key={day}
                type="button"
                aria-pressed={on}
                aria-label={`Day ${day}`}
                className={cn(
                  "size-8 rounded-md border",
                  on ? "border-accent bg-accent-wash font-medium text-accent" : "bg-panel hover:bg-hover",
                )}
                onClick={() =>
                  onChange({
                    ...timing,
                    days: on ? days.filter((one) => one !== day) : [...days, day].sort((a, b) => a - b),
                  })
                }
              >
                {day}
              </button>
            );
          })}
        </div>
        {days.some((day) => day > 28) ? (
          <p className="text-[0.8125rem] text-ink-soft">A month without such a day leaves it out.</p>
        ) : null}
      </fieldset>
      <CheckboxField
        label="On the last day of the month"
        checked={lastDay}
        onCheckedChange={(checked) => onChange({ ...timing, lastDay: checked === true })}
      />
      {nth.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one is its place; two may be alike while one chooses.
        <div key={at} className="flex items-center gap-2">
          <Select
            aria-label={`Which of the month, ${at + 1}`}
            className="w-32"
            value={String(one.nth)}
            choices={NTH_CHOICES.map(({ nth: value, label }) => ({ value: String(value), label }))}
            onChange={(text) => {
              const chosen = NTH_CHOICES.find((choice) => String(choice.nth) === text);
              if (chosen) setNth(at, { nth: chosen.nth });
            }}
          />
          <Select
            aria-label={`Day of the week, ${at + 1}`}
            className="w-28"
            value={String(one.weekday)}
            choices={WEEKDAY_NAMES.map((name, index) => ({ value: String(index + 1), label: name }))}
            onChange={(text) => setNth(at, { weekday: Number(text) })}
          />
          <IconButton
            label="Take this day away"
            onClick={() => onChange({ ...timing, nth: nth.filter((_, index) => index !== at) })}
          >
            <X aria-hidden />
          </IconButton>
        </div>
      ))}
      {nth.length < MOST_NTH ? (
        <div>
          <Button size="small" onClick={() => onChange({ ...timing, nth: [...nth, { nth: 1, weekday: 7 }] })}>
            <Plus aria-hidden />
            Add a day such as the first Sunday
          </Button>
        </div>
      ) : null}
      {none ? (
        <p role="alert" className="text-[0.8125rem] text-fail">
          Choose at least one day.
        </p>
      ) : null}
    </div>
  );
}
