"use client";

import { useQuery } from "@tanstack/react-query";
import { useNow } from "~/components/ui/now";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { HourBars } from "../schedules/hour-bars";
import { timeIn } from "../schedules/wall-time";

const HOUR_MS = 3_600_000;

/** How much begins by itself in each of the next 24 hours. */
export function NextDay() {
  const trpc = useTRPC();
  const { zone } = useNow();
  const { data } = useQuery(trpc.schedules.load.queryOptions());
  const total = data?.starts.reduce((sum, starts) => sum + starts, 0) ?? 0;
  return (
    <Section title="Next 24 hours" action={<TextLink href="/calendar">Calendar</TextLink>} boxed>
      {data && total > 0 ? (
        <div className="grid gap-2">
          <p>{sayLoad(total, data)}</p>
          <HourBars
            compact
            label="Runs by hour"
            loads={data.starts}
            names={(at) => timeIn(new Date(data.from.getTime() + at * HOUR_MS), zone ?? "UTC")}
          />
        </div>
      ) : (
        <p className="min-h-24 text-ink-soft">
          {data ? "Nothing begins by itself. Give a plan a schedule, and its hours show here." : null}
        </p>
      )}
    </Section>
  );
}

function sayLoad(total: number, { schedules, isWhole }: { schedules: number; isWhole: boolean }): string {
  if (!isWhole) return `${formatCount(total)} schedules have their next run in these hours.`;
  const runs = total === 1 ? "One run" : `${formatCount(total)} runs`;
  return `${runs} of ${schedules === 1 ? "one schedule" : `${formatCount(schedules)} schedules`}.`;
}
