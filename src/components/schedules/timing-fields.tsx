"use client";

import { CheckboxField } from "~/components/ui/checkbox-field";
import type { Timing } from "~/domain/schedule";
import { MonthlyFields } from "./monthly-fields";
import { NumberField } from "./number-field";
import { TimesField } from "./times-field";
import { WeekdayPicker } from "./weekday-picker";

/** What one kind of timing asks for. */
export function TimingFields({ timing, onChange }: { timing: Timing; onChange: (timing: Timing) => void }) {
  switch (timing.kind) {
    case "minutes":
      return (
        <NumberField
          label="Every"
          unit="minutes"
          hint="Counted from midnight: 30 is at each half hour."
          value={timing.every}
          least={5}
          most={1440}
          onChange={(every) => onChange({ ...timing, every })}
        />
      );
    case "hours":
      return (
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField
            label="Every"
            unit="hours"
            value={timing.every}
            least={1}
            most={24}
            onChange={(every) => onChange({ ...timing, every })}
          />
          <NumberField
            label="At minute"
            unit="of the hour"
            value={timing.minute}
            least={0}
            most={59}
            onChange={(minute) => onChange({ ...timing, minute })}
          />
        </div>
      );
    case "daily":
      return <TimesField values={timing.times} onChange={(times) => onChange({ ...timing, times })} />;
    case "weekly":
      return (
        <>
          <WeekdayPicker
            label="On"
            values={timing.weekdays}
            onChange={(weekdays) => onChange({ ...timing, weekdays })}
          />
          <TimesField values={timing.times} onChange={(times) => onChange({ ...timing, times })} />
        </>
      );
    case "monthly":
      return (
        <>
          <MonthlyFields timing={timing} onChange={onChange} />
          <TimesField values={timing.times} onChange={(times) => onChange({ ...timing, times })} />
        </>
      );
    case "days":
      return (
        <>
          <NumberField
            label="Every"
            unit="days"
            value={timing.every}
            least={2}
            most={366}
            onChange={(every) => onChange({ ...timing, every })}
          />
          <TimesField values={timing.times} onChange={(times) => onChange({ ...timing, times })} />
        </>
      );
    case "available":
      return (
        <div className="grid gap-4">
          <NumberField
            label="At most every"
            unit="hours"
            hint="For laptops: it runs as soon as the machine is online and so long has passed since the last one that ran."
            value={timing.everyHours}
            least={1}
            most={720}
            onChange={(everyHours) => onChange({ ...timing, everyHours })}
          />
          <CheckboxField
            label="Only on mains power"
            checked={timing.onMains}
            onCheckedChange={(checked) => onChange({ ...timing, onMains: checked === true })}
          />
          <CheckboxField
            label="Not on a metered network"
            hint="Such as a phone's hotspot."
            checked={timing.notMetered}
            onCheckedChange={(checked) => onChange({ ...timing, notMetered: checked === true })}
          />
        </div>
      );
    case "cron":
      return null;
  }
}
