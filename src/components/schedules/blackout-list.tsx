"use client";

import { Plus, X } from "lucide-react";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";
import type { Blackout } from "~/domain/schedule";
import { WeekdayPicker } from "./weekday-picker";

/** Working hours of working days: what is most often kept free. */
const FIRST: Blackout = { weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" };
/** Most of them that a schedule takes (domain/schedule). */
const MOST = 20;

/** Times in which nothing begins. */
export function BlackoutList({
  values,
  onChange,
}: {
  values: readonly Blackout[];
  onChange: (blackouts: Blackout[]) => void;
}) {
  const put = (at: number, part: Partial<Blackout>) =>
    onChange(values.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">Never begin</legend>
      <p className="text-[0.8125rem] text-ink-soft">
        What falls into such a time begins at its end. One that runs already is not stopped.
      </p>
      {values.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a window is its place; two may be alike while one chooses.
        <div key={at} className="grid gap-2 rounded-md border p-3">
          <WeekdayPicker label="On" values={one.weekdays} onChange={(weekdays) => put(at, { weekdays })} />
          <div className="flex flex-wrap items-center gap-2">
            from
            <Input
              type="time"
              aria-label={`Window ${at + 1} from`}
              className="w-36"
              value={one.from}
              onChange={(event) => event.target.value && put(at, { from: event.target.value.slice(0, 5) })}
            />
            to
            <Input
              type="time"
              aria-label={`Window ${at + 1} to`}
              className="w-36"
              value={one.to}
              onChange={(event) => event.target.value && put(at, { to: event.target.value.slice(0, 5) })}
            />
            <IconButton
              label="Take this window away"
              onClick={() => onChange(values.filter((_, index) => index !== at))}
            >
              <X aria-hidden />
            </IconButton>
          </div>
          <p className="text-[0.8125rem] text-ink-soft">{sayWindow(one)}</p>
        </div>
      ))}
      {values.length < MOST ? (
        <div>
          <Button size="small" onClick={() => onChange([...values, { ...FIRST }])}>
            <Plus aria-hidden />
            Add a window
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}

function sayWindow({ from, to }: Blackout): string {
  if (from === to) return "The whole day.";
  return to < from ? "Goes over midnight into the next day." : "";
}
