"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CalendarDays, ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { useFilters } from "~/components/ui/filter-bar";
import { IconButton } from "~/components/ui/icon-button";
import { useNow } from "~/components/ui/now";
import { Select } from "~/components/ui/select";
import { Skeleton } from "~/components/ui/skeleton";
import { calendarSpan, dayOf, isoDay } from "~/domain/calendar-grid";
import { useTRPC } from "~/trpc/react";
import { useClientChoices } from "../plans/use-choices";
import { useMay } from "../system/use-may";
import { CALENDAR_KEYS, calendarChoice } from "./calendar-input";
import { CalendarView } from "./calendar-view";
import { dayName } from "./wall-time";

const ANY = "any";
const DAY_MS = 86_400_000;

/** When the fleet's backups begin, by week or day, on the browser's wall clock. What is shown stands in the address. */
export function CalendarPage() {
  const { now, zone: known } = useNow();
  const zone = known ?? "UTC";
  const [keys, setKeys] = useFilters(CALENDAR_KEYS);
  const { view, day: chosen, clientId } = calendarChoice(keys);
  const today = dayOf(now, zone);
  const day = chosen ?? today;
  const span = useMemo(() => calendarSpan(view, day, zone), [view, day, zone]);
  const clients = useClientChoices();
  const trpc = useTRPC();
  const { from, to } = span;
  // From a day before: what was due late may begin in this span by its spread.
  const query = useQuery({
    ...trpc.schedules.calendar.queryOptions({
      ...{ from: new Date(from.getTime() - DAY_MS), to },
      ...(clientId ? { clientId } : {}),
    }),
    enabled: known !== null,
    placeholderData: keepPreviousData,
  });
  const windows = useQuery({
    ...trpc.schedules.blackouts.queryOptions(clientId ? { clientId } : {}),
    enabled: known !== null,
  });
  const entries = useMemo(
    () => query.data?.entries.filter(({ at }) => at >= from && at < to) ?? [],
    [query.data, from, to],
  );
  const step = view === "week" ? 7 : 1;
  const go = (to: number) => void setKeys({ day: to === today ? null : isoDay(to) });
  const [first = day, last = day] = [span.days[0], span.days.at(-1)];
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <IconButton
          label={view === "week" ? "The week before" : "The day before"}
          onClick={() => go(day - step)}
        >
          <ChevronLeft aria-hidden />
        </IconButton>
        <Button disabled={chosen === null} onClick={() => go(today)}>
          Today
        </Button>
        <IconButton label={view === "week" ? "The next week" : "The next day"} onClick={() => go(day + step)}>
          <ChevronRight aria-hidden />
        </IconButton>
        <h2 className="min-w-40 font-semibold" aria-live="polite">
          {view === "week" ? `${dayName(first)} to ${dayName(last)}` : dayName(day)}
        </h2>
        <div className="ml-auto flex flex-wrap gap-2">
          <Select
            aria-label="Client"
            className="w-auto min-w-36"
            choices={[{ value: ANY, label: "Client: any" }, ...clients]}
            value={clientId ?? ANY}
            onChange={(value) => void setKeys({ clientId: value === ANY ? null : value })}
          />
          <Select
            aria-label="Show"
            className="w-24"
            choices={[
              { value: "week", label: "Week" },
              { value: "day", label: "Day" },
            ]}
            value={view}
            onChange={(value) => void setKeys({ view: value === "week" ? null : value })}
          />
        </div>
      </div>
      {query.isError && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data ? (
        entries.length === 0 && query.data.entries.length === 0 && !clientId ? (
          <NothingPlanned />
        ) : (
          <CalendarView
            span={span}
            today={today}
            entries={entries}
            windows={windows.data?.items ?? []}
            truncated={query.data.truncated}
            stale={query.isPlaceholderData}
          />
        )
      ) : (
        <Skeleton className="h-[40rem] rounded-md" />
      )}
    </>
  );
}

function NothingPlanned() {
  const may = useMay("manage-plans");
  return (
    <EmptyState
      icon={CalendarDays}
      title="Nothing begins by itself in these days."
      action={
        may ? (
          <ButtonLink href="/plans" variant="primary">
            Go to the plans
          </ButtonLink>
        ) : null
      }
    >
      A plan stands here as soon as it has a schedule: open it, press Edit, and choose when it runs. Then you
      see here how the work is spread over the day, and can move it by dragging.
    </EmptyState>
  );
}
