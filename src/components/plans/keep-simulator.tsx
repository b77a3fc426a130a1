"use client";

import { useMemo } from "react";
import { cn } from "~/components/ui/class-names";
import { useNow } from "~/components/ui/now";
import { FIRST_FLOOR, type KeepFloor, type KeepRules, markArchives } from "~/domain/retention";
import { sayKeepReason } from "~/domain/retention-words";
import type { Schedule } from "~/domain/schedule";
import type { Api } from "../system/api";
import { KeepMarks, type ShownMark } from "./keep-marks";
import { KeepYear } from "./keep-year";

type Retained = Api["archives"]["retained"];

const MINUTE_MS = 60_000;

/** Marks the archives that are there by both policies, and a year to come. Loaded when the editor's Keep section is there. */
export function KeepSimulator({
  retained,
  keep,
  saved,
  schedule,
  stale,
}: {
  /** Null: the plan is new. */
  retained: Retained | null;
  keep: KeepRules | null;
  saved: KeepRules | null;
  schedule: Schedule | null;
  stale: boolean;
}) {
  const clock = useNow().now;
  const minute = Math.floor(clock.getTime() / MINUTE_MS) * MINUTE_MS;
  const now = useMemo(() => retained?.now ?? new Date(minute), [retained, minute]);
  const marks = useMemo(() => (retained ? compare(retained, keep, saved) : []), [retained, keep, saved]);
  const changes = JSON.stringify(keep) !== JSON.stringify(saved);
  return (
    <div className={cn("grid gap-4", stale && "opacity-60")} aria-busy={stale}>
      <KeepMarks marks={marks} changes={changes} truncated={retained?.truncated ?? false} />
      <KeepYear
        archives={retained?.archives ?? NOTHING}
        keep={keep}
        saved={changes ? saved : undefined}
        schedule={schedule}
        now={now}
        zone={retained?.zone ?? "UTC"}
        floor={retained?.floor ?? FIRST_FLOOR}
      />
    </div>
  );
}

const NOTHING: Retained["archives"] = [];

function compare(retained: Retained, keep: KeepRules | null, saved: KeepRules | null): ShownMark[] {
  const now = judge(retained, keep);
  const before = judge(retained, saved);
  return retained.archives.map((archive) => ({
    id: archive.id,
    name: archive.name,
    observedAt: archive.observedAt,
    ...(now.get(archive.id) ?? { keep: true, reasons: [] }),
    keptAsSaved: before.get(archive.id)?.keep ?? true,
  }));
}

function judge({ archives, now, zone, floor }: Retained, rules: KeepRules | null) {
  if (rules === null) {
    const reasons = ["no rules: everything is kept"];
    return new Map(archives.map(({ id }) => [id, { keep: true, reasons }]));
  }
  return new Map(
    markArchives(archives, rules, { now, zone, floor }).map((mark) => [
      mark.id,
      { keep: mark.keep, reasons: sayAll(mark.reasons, rules, floor) },
    ]),
  );
}

function sayAll(
  reasons: Parameters<typeof sayKeepReason>[0][],
  rules: KeepRules,
  floor: KeepFloor,
): string[] {
  return reasons.map((reason) => sayKeepReason(reason, rules, floor));
}
