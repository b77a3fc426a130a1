"use client";

import { Plus, X } from "lucide-react";
import { WeekdayPicker } from "~/components/schedules/weekday-picker";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";
import type { Blackout } from "~/domain/schedule";

const NIGHT: Blackout = { weekdays: [1, 2, 3, 4, 5, 6, 7], from: "01:00", to: "06:00" };
/** As many as the setting takes. */
const MOST = 20;

/** Times of the week in which maintenance may begin. */
export function MaintenanceWindows({
  values,
  onChange,
}: {
  values: readonly Blackout[];
  onChange: (windows: Blackout[]) => void;
}) {
  const put = (at: number, part: Partial<Blackout>) =>
    onChange(values.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const time = (at: number, end: "from" | "to", value: string) => (
    <Input
      type="time"
      aria-label={`Window ${at + 1} ${end}`}
      className="w-28"
      value={value}
      onChange={(event) => event.target.value && put(at, { [end]: event.target.value.slice(0, 5) })}
    />
  );
  return (
    <div className="grid gap-2">
      {values.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a window is its place; two may be alike while one chooses.
        <div key={at} className="grid gap-2 rounded-md border p-3">
          <WeekdayPicker label="On" values={one.weekdays} onChange={(weekdays) => put(at, { weekdays })} />
          <div className="flex flex-wrap items-center gap-2">
            from {time(at, "from", one.from)} to {time(at, "to", one.to)}
            <IconButton
              label="Take this window away"
              onClick={() => onChange(values.filter((_, index) => index !== at))}
            >
              <X aria-hidden />
            </IconButton>
          </div>
        </div>
      ))}
      {values.length < MOST ? (
        <div>
          <Button size="small" onClick={() => onChange([...values, { ...NIGHT }])}>
            <Plus aria-hidden />
            Add a window
          </Button>
        </div>
      ) : null}
    </div>
  );
}
