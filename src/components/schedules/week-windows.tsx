"use client";

import { Plus, X } from "lucide-react";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";
import type { Blackout } from "~/domain/schedule";
import { WeekdayPicker } from "./weekday-picker";

/** Most of them that a schedule or a setting takes (domain/schedule, domain/settings). */
const MOST = 20;

/** Windows of the week, one after the other; `first` is what a new one begins as. */
export function WeekWindows({
  values,
  onChange,
  first,
}: {
  values: readonly Blackout[];
  onChange: (windows: Blackout[]) => void;
  first: Blackout;
}) {
  const put = (at: number, part: Partial<Blackout>) =>
    onChange(values.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const time = (at: number, end: "from" | "to", value: string) => (
    <Input
      type="time"
      aria-label={`Window ${at + 1} ${end}`}
      className="w-36"
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
          <p className="text-[0.8125rem] text-ink-soft empty:hidden">{sayWindow(one)}</p>
        </div>
      ))}
      {values.length < MOST ? (
        <div>
          <Button size="small" onClick={() => onChange([...values, { ...first }])}>
            <Plus aria-hidden />
            Add a window
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function sayWindow({ from, to }: Blackout): string {
  if (from === to) return "The whole day.";
  return to < from ? "Goes over midnight into the next day." : "";
}
