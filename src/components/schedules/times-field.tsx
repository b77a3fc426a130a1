"use client";

import { Plus, X } from "lucide-react";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";

/** Most times of a day that a schedule takes (domain/schedule). */
const MOST_TIMES = 24;

/** Times of day, at least one. */
export function TimesField({
  values,
  onChange,
}: {
  values: readonly string[];
  onChange: (times: string[]) => void;
}) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 font-medium">At</legend>
      <div className="flex flex-wrap items-center gap-2">
        {values.map((time, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a time is its place; two may be alike while one chooses.
          <span key={at} className="flex items-center">
            <Input
              type="time"
              required
              aria-label={values.length === 1 ? "Time of day" : `Time of day ${at + 1}`}
              className="w-36"
              value={time}
              onChange={(event) => {
                // An emptied box gives no time; the one before stays until there is another.
                if (event.target.value !== "") onChange(values.with(at, event.target.value.slice(0, 5)));
              }}
            />
            {values.length > 1 ? (
              <IconButton
                label={`Take away ${time}`}
                onClick={() => onChange(values.filter((_, index) => index !== at))}
              >
                <X aria-hidden />
              </IconButton>
            ) : null}
          </span>
        ))}
        {values.length < MOST_TIMES ? (
          <Button size="small" onClick={() => onChange([...values, nextTime(values)])}>
            <Plus aria-hidden />
            Add a time
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}

/** Six hours after the last one, or the first hour that is free. */
function nextTime(values: readonly string[]): string {
  const last = values.at(-1) ?? "20:00";
  const [hour = 0] = last.split(":").map(Number);
  const minute = last.slice(3);
  for (let step = 6; step < 30; step++) {
    const time = `${String((hour + step) % 24).padStart(2, "0")}:${minute}`;
    if (!values.includes(time)) return time;
  }
  return last;
}
