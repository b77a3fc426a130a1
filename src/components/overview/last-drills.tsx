"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { OutcomeBadge } from "../reports/outcome-badge";
import { LAST_DRILLS } from "./last-drills-query";

/** The restore drills that were made last, by what they came to. */
export function LastDrills() {
  const trpc = useTRPC();
  const { data, isError } = useQuery(trpc.reports.certificates.queryOptions(LAST_DRILLS));
  return (
    <Section title="Last drills" action={<TextLink href="/reports">Reports</TextLink>}>
      {data === undefined ? (
        isError ? (
          <p className="rounded-md border bg-panel p-4 text-ink-soft">The drills could not be read.</p>
        ) : (
          <Skeleton className="h-16 rounded-md" />
        )
      ) : data.items.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">
          No restore was proven yet. A plan's restore drills do it by themselves.
        </p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {data.items.map((one) => (
            <li key={one.id} className="border-b last:border-b-0">
              <Link
                prefetch={false}
                href={`/reports/${one.id}`}
                className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-2.5 px-4 py-2.5 hover:bg-hover"
              >
                <OutcomeBadge outcome={one.outcome} />
                <span className="truncate">
                  {one.clientName}
                  {one.planName ? ` · ${one.planName}` : ""}
                </span>
                <RelativeTime at={one.endedAt} className="whitespace-nowrap text-[0.8125rem] text-ink-soft" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
