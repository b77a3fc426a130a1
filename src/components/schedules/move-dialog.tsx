"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { useNow } from "~/components/ui/now";
import { Skeleton } from "~/components/ui/skeleton";
import { toast } from "~/components/ui/toast";
import { readIsoDay } from "~/domain/calendar-grid";
import { moveSchedule } from "~/domain/move-schedule";
import { nextRun } from "~/domain/next-run";
import type { Schedule } from "~/domain/schedule";
import { sayTiming } from "~/domain/schedule-words";
import { minuteOfDay } from "~/domain/time-of-day";
import { wallClock } from "~/domain/wall-clock";
import { useTRPC } from "~/trpc/react";
import type { CalendarEntry } from "./calendar-api";
import { dayAndTimeIn } from "./wall-time";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A run that somebody wants at another time; `to` where it was dropped. */
export interface Move {
  entry: CalendarEntry;
  to: Date;
}

/** Asks before a schedule is changed by moving one of its runs, and says in words what changes. Also the way to move by keyboard. */
export function MoveDialog({ move, onClose }: { move: Move | null; onClose: () => void }) {
  const trpc = useTRPC();
  const plan = useQuery({
    ...trpc.plans.get.queryOptions({ id: move?.entry.planId ?? "" }),
    enabled: move !== null,
  });
  const title = move ? `Move ${move.entry.planName} of ${move.entry.clientName}` : "";
  const schedule = plan.data?.schedule?.schedule;
  if (!move || !schedule) {
    return (
      <Dialog open={move !== null} onOpenChange={(open) => (open ? undefined : onClose())} title={title}>
        {plan.error ? (
          <ErrorState error={plan.error} retry={() => void plan.refetch()} />
        ) : plan.data ? (
          <Notice tone="info" title="This plan has no schedule any more." />
        ) : (
          <Skeleton className="h-32 rounded-md" />
        )}
      </Dialog>
    );
  }
  return (
    <MoveForm
      key={`${move.entry.scheduleId}-${move.to.getTime()}`}
      move={move}
      title={title}
      schedule={schedule}
      onClose={onClose}
    />
  );
}

function MoveForm({
  move,
  title,
  schedule,
  onClose,
}: {
  move: Move;
  title: string;
  schedule: Schedule;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { now } = useNow();
  const { entry } = move;
  const [day, setDay] = useState(() => localParts(move.to, schedule.zone).day);
  const [time, setTime] = useState(() => localParts(move.to, schedule.zone).time);
  const to = instantOf(day, time, schedule.zone);
  const moved = to ? moveSchedule(schedule, entry.dueAt, to) : null;
  const byDay = schedule.timing.kind === "weekly" || schedule.timing.kind === "monthly";
  const change = useMutation(
    trpc.schedules.move.mutationOptions({
      onSuccess: async () => {
        onClose();
        toast.done(`${entry.planName} is moved`);
        await Promise.all([
          queryClient.invalidateQueries(trpc.schedules.pathFilter()),
          queryClient.invalidateQueries(trpc.plans.pathFilter()),
        ]);
      },
    }),
  );
  const refused = moved !== null && "refused" in moved;
  const after = moved !== null && "schedule" in moved ? moved.schedule : null;
  const same = after !== null && JSON.stringify(after) === JSON.stringify(schedule);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          {refused ? (
            <ButtonLink variant="primary" href={`/plans/${entry.planId}/edit`}>
              Edit the plan
            </ButtonLink>
          ) : (
            <Button
              variant="primary"
              busy={change.isPending}
              disabled={!after || same}
              onClick={() => after && change.mutate({ planId: entry.planId, schedule: after })}
            >
              Move it
            </Button>
          )}
        </>
      }
    >
      {refused ? (
        <Notice tone="info" title="This cannot be moved here">
          {moved.refused}
        </Notice>
      ) : (
        <>
          <div className="flex flex-wrap gap-4">
            {byDay ? (
              <Field label="Day">
                <Input
                  type="date"
                  className="w-40"
                  value={day}
                  onChange={(event) => setDay(event.target.value)}
                />
              </Field>
            ) : null}
            <Field label="Time" hint={`On the clock of ${schedule.zone}`}>
              <Input
                type="time"
                className="w-36"
                value={time}
                onChange={(event) => setTime(event.target.value)}
              />
            </Field>
          </div>
          {after === null ? (
            <p className="text-fail">Type a day and a time.</p>
          ) : same ? (
            <p className="text-ink-soft">This is when it runs now.</p>
          ) : (
            <What
              before={schedule}
              after={after}
              also={moved && "also" in moved ? moved.also : null}
              now={now}
            />
          )}
        </>
      )}
      {change.error ? <ErrorState title="It was not moved" error={change.error} /> : null}
    </Dialog>
  );
}

function What({
  before,
  after,
  also,
  now,
}: {
  before: Schedule;
  after: Schedule;
  also: string | null;
  now: Date;
}) {
  const next = nextRun(after, now);
  return (
    <div aria-live="polite" className="grid gap-2 rounded-md border bg-sunken p-3">
      <p>
        This changes the plan for good, not only this one run. It runs now: <em>{sayTiming(before)}</em>. It
        will run: <strong className="font-semibold">{sayTiming(after)}</strong>.
      </p>
      {also ? <p>{also}</p> : null}
      {next ? <p className="text-ink-soft">Next: {dayAndTimeIn(next, after.zone)}.</p> : null}
    </div>
  );
}

function localParts(at: Date, zone: string): { day: string; time: string } {
  const local = new Date(wallClock(zone).localAt(at.getTime())).toISOString();
  return { day: local.slice(0, 10), time: local.slice(11, 16) };
}

/** Null while it is half typed. */
function instantOf(day: string, time: string, zone: string): Date | null {
  const number = readIsoDay(day);
  if (number === null || !/^\d\d:\d\d$/.test(time)) return null;
  return new Date(wallClock(zone).instantOf(number * DAY_MS + minuteOfDay(time) * MINUTE_MS));
}
