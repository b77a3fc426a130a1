"use client";

import { useMemo } from "react";
import { cn } from "~/components/ui/class-names";
import {
  meanBytes,
  type ProjectedDay,
  type Projection,
  projectKeep,
  projectRuns,
} from "~/domain/keep-projection";
import { formatBytes, formatCount } from "~/domain/quantity";
import type { KeepFloor, KeepRules, RetainedArchive } from "~/domain/retention";
import type { Schedule } from "~/domain/schedule";
import { dayName } from "../schedules/wall-time";

const NONE_FIXED: readonly string[] = ["available"];

/** What would be left at the end of a year of backups: a dot for each day, by the rules that are typed and by those that are saved. */
export function KeepYear({
  archives,
  keep,
  saved,
  schedule,
  now,
  zone,
  floor,
}: {
  archives: readonly (RetainedArchive & { deduplicatedBytes: number | null })[];
  keep: KeepRules | null;
  /** Absent: the same as `keep`. */
  saved: KeepRules | null | undefined;
  schedule: Schedule | null;
  now: Date;
  zone: string;
  floor: KeepFloor;
}) {
  const runs = useMemo(() => projectRuns(schedule, now), [schedule, now]);
  const given = useMemo(() => ({ now, zone, floor }), [now, zone, floor]);
  const then = useMemo(() => projectKeep(runs, archives, keep, given), [runs, archives, keep, given]);
  const before = useMemo(
    () => (saved === undefined ? null : projectKeep(runs, archives, saved, given)),
    [runs, archives, saved, given],
  );
  const bytes = meanBytes(archives);
  return (
    <div className="grid gap-2 rounded-md border bg-panel p-4">
      <p className="font-medium">In a year</p>
      <p aria-live="polite">
        Of the {formatCount(runs.made)} backups to come{" "}
        <strong className="font-semibold">{formatCount(then.keptOfRuns)}</strong> would still be there
        {archives.length > 0 ? `, beside ${formatCount(then.keptOfExisting)} of the archives of now` : ""}
        {bytes === null ? "" : `: about ${sizeOf(then, bytes)} of their own`}.
        {before
          ? ` By the saved rules it would be ${formatCount(before.keptOfRuns)}${bytes === null ? "" : `, about ${sizeOf(before, bytes)}`}.`
          : ""}
      </p>
      <Year label="By these rules" days={then.days} />
      {before ? <Year label="By the saved rules" days={before.days} /> : null}
      <p className="text-[0.8125rem] text-ink-soft">
        A column is a week, Monday at the top; filled days still have an archive at the end.{" "}
        {schedule === null
          ? "Without a schedule one backup a day is reckoned with. "
          : NONE_FIXED.includes(schedule.timing.kind)
            ? "Reckoned as if the machine were always there. "
            : ""}
        {bytes === null
          ? ""
          : "Sizes are the mean of what the last archives each added, without what is stored for all of them anyway."}
      </p>
    </div>
  );
}

function sizeOf({ keptOfRuns, keptOfExisting }: Projection, mean: number): string {
  return formatBytes((keptOfRuns + keptOfExisting) * mean);
}

/** Weeks across, weekdays down. */
function Year({ label, days }: { label: string; days: readonly ProjectedDay[] }) {
  const kept = days.filter((day) => day.kept > 0).length;
  // The first day stands in its row; 1970-01-01 was a Thursday.
  const first = days[0] ? (days[0].day + 3) % 7 : 0;
  return (
    <figure className="grid gap-1">
      <figcaption className="text-[0.8125rem] text-ink-soft">
        {label}: {kept === 1 ? "one day" : `${formatCount(kept)} days`} with an archive
      </figcaption>
      <div
        role="img"
        aria-label={`${label}: ${kept} of ${days.length} days still have an archive at the end of the year.`}
        className="grid grid-flow-col grid-rows-7 gap-px sm:gap-0.5"
        style={{ gridAutoColumns: "minmax(0, 1fr)" }}
      >
        {Array.from({ length: first }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: empty places before the first day.
          <span key={`empty-${at}`} />
        ))}
        {days.map((day) => (
          <span
            key={day.day}
            title={`${dayName(day.day)}: ${day.made === 0 ? "no backup" : `${formatCount(day.kept)} of ${formatCount(day.made)} kept`}`}
            className={cn(
              "aspect-square rounded-[2px]",
              day.kept > 0 ? "bg-ok-fill" : day.made > 0 ? "border border-line-strong/50" : "bg-sunken",
            )}
          />
        ))}
      </div>
    </figure>
  );
}
